import type { Auth } from '../../create-auth.ts';
import { notFound } from '../../request/error-response.ts';
import type { HttpExchange } from '../../request/route.ts';
import { redirect, wantsHtml } from '../exchange.ts';
import type { ServerRoute } from '../router.ts';
import { AccountPageFiles } from './page-files.ts';

/** The account pages of the stand-alone server, with a 404 page for unknown paths below `/account/`. */
export function accountPageRoutes({ pageOptions, log }: Auth, graphqlPath: string): ServerRoute[] {
  const { appUrl, publicUrl } = pageOptions;
  if (`${appUrl}/`.startsWith(`${publicUrl}/account/`))
    log.warn('APP_URL is below /account, where links in mails open no page; remove APP_URL, and they open PUBLIC_URL');
  const files = new AccountPageFiles(pageOptions, graphqlPath);
  const sendNotFound = ({ req, res }: HttpExchange) => {
    if (!wantsHtml({ req })) throw notFound();
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
