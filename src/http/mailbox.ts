import { isLoopback } from '../core/loopback.ts';
import type { DevMail, DevMailbox } from '../mail/dev-mailbox.ts';
import type { Options } from '../options.ts';
import { HttpError, notFound } from '../request/error-response.ts';
import type { HttpExchange } from '../request/route.ts';
import { send, sendJson, wantsHtml } from './exchange.ts';
import { MAILBOX_PATH, MAILBOX_POLICY, mailboxContent, mailId, SANDBOX } from './mailbox-page.ts';
import type { ServerRoute } from './router.ts';
import type { ServerPages } from './server-pages.ts';

/** Styles are the mail's own; nothing runs, and nothing is loaded. */
const MAIL_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  `sandbox ${SANDBOX}`,
].join('; ');

/** Serves the dev mailbox, newest mail first, the HTML of each mail, and the ids by which the page polls for new ones. */
export function mailboxRoutes(
  { mails }: DevMailbox,
  { publicUrl, playground }: Pick<Options, 'publicUrl' | 'playground'>,
  pages: ServerPages,
): ServerRoute[] {
  const ownHost = new URL(publicUrl).hostname;
  const checkHost = ({ req }: HttpExchange) => {
    // DNS rebinding: a foreign page whose name resolves to this machine could read the links in these mails.
    const host = URL.parse(`http://${req.headers.host}`)?.hostname ?? '';
    if (host !== ownHost && !isLoopback(host)) throw new HttpError(421, 'There is no mailbox at this host.');
  };
  const links: [string, string][] = [['/', 'Start page'], ...(playground ? [PLAYGROUND_LINK] : [])];
  return [
    {
      method: 'GET',
      path: MAILBOX_PATH,
      handle(exchange) {
        checkHost(exchange);
        if (!wantsHtml(exchange)) return sendJson(exchange, 200, mails);
        pages.send(exchange, 200, 'Dev mailbox', mailboxContent(mails, links), MAILBOX_POLICY);
      },
    },
    {
      method: 'GET',
      path: `${MAILBOX_PATH}/ids`,
      logLevel: 'debug',
      handle(exchange) {
        checkHost(exchange);
        sendJson(exchange, 200, mails.map(mailId));
      },
    },
    {
      method: 'GET',
      path: `${MAILBOX_PATH}/:id`,
      handle(exchange, { id }) {
        checkHost(exchange);
        const mail = mails.find(mail => mailId(mail) === id);
        if (!mail) throw notFound();
        sendMail(exchange, mail);
      },
    },
  ];
}

const PLAYGROUND_LINK: [string, string] = ['/graphql', 'Playground'];

function sendMail(exchange: HttpExchange, { html }: DevMail): void {
  exchange.res.setHeader('content-security-policy', MAIL_POLICY);
  // Pages of the application cannot open inside the frame.
  send(exchange, 200, 'text/html; charset=utf-8', html.replace('<head>', '<head><base target="_blank">'));
}
