import { isLoopback } from '../core/loopback.ts';
import type { DevMail, DevMailbox } from '../mail/dev-mailbox.ts';
import { escapeHtml } from '../mail/html.ts';
import type { Options } from '../options.ts';
import { HttpError } from '../request/error-response.ts';
import type { HttpExchange } from '../request/route.ts';
import { send, sendJson, wantsHtml } from './exchange.ts';
import type { ServerPages } from './pages.ts';
import type { ServerRoute } from './router.ts';

export const MAILBOX_PATH = '/dev/mailbox';

/** What a mail may do in the browser: nothing but open its links, outside the frame. */
const SANDBOX = 'allow-popups allow-popups-to-escape-sandbox';

/** Styles are the mail's own; nothing runs, and nothing is loaded. */
const MAIL_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  `sandbox ${SANDBOX}`,
].join('; ');

/** Serves the dev mailbox, newest mail first, and the HTML of each mail. */
export function mailboxRoutes(
  { mails }: DevMailbox,
  { publicUrl }: Pick<Options, 'publicUrl'>,
  pages: ServerPages,
): ServerRoute[] {
  const ownHost = new URL(publicUrl).hostname;
  const checkHost = ({ req }: HttpExchange) => {
    // DNS rebinding: a foreign page whose name resolves to this machine could read the links in these mails.
    const host = URL.parse(`http://${req.headers.host}`)?.hostname ?? '';
    if (host !== ownHost && !isLoopback(host)) throw new HttpError(421, 'There is no mailbox at this host.');
  };
  return [
    {
      method: 'GET',
      path: MAILBOX_PATH,
      handle(exchange) {
        checkHost(exchange);
        if (wantsHtml(exchange)) pages.send(exchange, 200, 'Dev mailbox', content(mails), ["frame-src 'self'"]);
        else sendJson(exchange, 200, mails);
      },
    },
    {
      method: 'GET',
      path: `${MAILBOX_PATH}/:id`,
      handle(exchange, { id }) {
        checkHost(exchange);
        const mail = mails.find(mail => idOf(mail) === id);
        if (!mail) throw new HttpError(404, 'There is nothing at this address.');
        sendMail(exchange, mail);
      },
    },
  ];
}

function sendMail(exchange: HttpExchange, { html }: DevMail): void {
  exchange.res.setHeader('content-security-policy', MAIL_POLICY);
  // Pages of the application cannot open inside the frame.
  send(exchange, 200, 'text/html; charset=utf-8', html.replace('<head>', '<head><base target="_blank">'));
}

/** The left half of the Message-ID. */
const idOf = ({ messageId }: DevMail) => /^<([^@]*)@/.exec(messageId)?.[1] ?? '';

const content = (mails: readonly DevMail[]) =>
  `<p>No mail server is configured, so mails stay here, newest first. Reload the page to see new ones. Their links open pages
of your application, at <code>APP_URL</code>.</p>
${mails.map(article).join('\n') || '<p><small>No mails yet.</small></p>'}`;

function article(mail: DevMail): string {
  const { subject, to, date, text } = mail;
  const path = `${MAILBOX_PATH}/${encodeURIComponent(idOf(mail))}`;
  return `<article>
<h2>${escapeHtml(subject)}</h2>
<small>To ${escapeHtml(to)}<br><time datetime="${date.toISOString()}">${date.toUTCString()}</time></small>
<iframe src="${path}" title="${escapeHtml(subject)}" sandbox="${SANDBOX}" loading="lazy"></iframe>
<p><a href="${path}">Open as a page</a></p>
<details><summary>Text</summary><pre>${text.trim().split('\n').map(line).join('\n')}</pre></details>
</article>`;
}

const line = (text: string) =>
  /^https?:\S+$/.test(text) ? `<a href="${escapeHtml(text)}">${escapeHtml(text)}</a>` : escapeHtml(text);
