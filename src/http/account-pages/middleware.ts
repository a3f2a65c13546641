import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Auth } from '../../create-auth.ts';
import { splitTarget } from '../request-line.ts';
import { Router } from '../router.ts';
import { PROTECTIVE_HEADERS } from '../security-headers.ts';
import { AccountPageFiles } from './page-files.ts';

/** Options of `accountPages`. */
export interface AccountPagesOptions {
  /** Path of the GraphQL endpoint, on the same origin; `/graphql` by default. */
  readonly graphqlPath?: string;
}

/** Middleware of Express and Connect. */
type Middleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Serves the account pages in a host program: `app.use(accountPages(auth))` in Express, without a prefix. Requests for
 * other paths and methods are passed to `next`, and so are failures.
 */
export function accountPages(auth: Auth, { graphqlPath = '/graphql' }: AccountPagesOptions = {}): Middleware {
  const router = new Router(new AccountPageFiles(auth.pageOptions, graphqlPath).routes);
  return (req, res, next) => {
    const isRead = req.method === 'GET' || req.method === 'HEAD';
    const [route] = (isRead && router.match(splitTarget(req.url ?? '/').path)?.routes) || [];
    if (!route) return next();
    for (const [name, value] of PROTECTIVE_HEADERS) res.setHeader(name, value);
    Promise.resolve(route.send(req, res)).catch(next);
  };
}
