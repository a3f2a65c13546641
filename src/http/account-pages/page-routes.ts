import type { Auth } from '../../create-auth.ts';
import { HttpError } from '../../request/error-response.ts';
import type { HttpExchange } from '../../request/route.ts';
import { redirect, wantsHtml } from '../exchange.ts';
import type { ServerRoute } from '../router.ts';
import { AccountPageFiles } from './page-files.ts';

/** The account pages of the stand-alone server, with a 404 page for unknown paths below `/account/`. */
export function accountPageRoutes({ pageOptions, log }: Auth, graphqlPath: string): ServerRoute[] {
  const { appUrl, publicUrl } = pageOptions;
  if (`${appUrl}/`.startsWith(`${publicUrl}/account/`))
    log.warn('APP_URL leads to no page: those behind links in mails are at PUBLIC_URL; remove APP_URL');
  const files = new AccountPageFiles(pageOptions, graphqlPath);
  const sendNotFound = ({ req, res }: HttpExchange) => {
    if (!wantsHtml({ req })) throw new HttpError(404, 'There is nothing at this address.');
    return files.sendNotFound(req, res);
  };
  return [
    ...files.routes.map(
      ({ path, send }): ServerRoute => ({ method: 'GET', path, handle: ({ req, res }) => send(req, res) }),
    ),
    { method: 'GET', path: '/account/', handle: exchange => redirect(exchange, '/account') },
    { method: 'GET', path: '/account/:rest*', handle: sendNotFound },
  ];
}
