import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Auth } from '../create-auth.ts';
import { AccountPageFiles } from './account-page-files.ts';
import { splitTarget } from './request-line.ts';
import { Router } from './router.ts';
import { PROTECTIVE_HEADERS } from './security-headers.ts';

/** What the pages need to know about the host program. */
export interface AccountPagesOptions {
  /** Path of the GraphQL endpoint, on the same origin; `/graphql` by default. */
  readonly graphqlPath?: string;
}

/** Handles a request, or passes it on. */
type RequestListener = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Serves the account pages in a host program: `app.use(accountPages(auth))` in Express, without a prefix. Requests for
 * other paths and methods are passed to `next`, and so are failures.
 */
export function accountPages(auth: Auth, { graphqlPath = '/graphql' }: AccountPagesOptions = {}): RequestListener {
  const surroundings = { graphql: graphqlPath, playground: false, mailbox: false };
  const router = new Router(new AccountPageFiles(auth.pageOptions, surroundings).routes);
  return (req, res, next) => {
    const isRead = req.method === 'GET' || req.method === 'HEAD';
    const [route] = (isRead && router.match(splitTarget(req.url ?? '/').path)?.routes) || [];
    if (!route) return next();
    for (const [name, value] of PROTECTIVE_HEADERS) res.setHeader(name, value);
    Promise.resolve(route.send(req, res)).catch(next);
  };
}
