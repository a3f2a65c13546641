import { isLoopback } from '../core/loopback.ts';
import type { DevMail, DevMailbox } from '../mail/dev-mailbox.ts';
import { escapeHtml } from '../mail/html.ts';
import type { Options } from '../options.ts';
import { HttpError } from '../request/error-response.ts';
import { sendJson, wantsHtml } from './exchange.ts';
import { sendPage } from './pages.ts';
import type { ServerRoute } from './router.ts';

/** Serves the dev mailbox, newest mail first. */
export function mailboxRoute({ mails }: DevMailbox, { publicUrl }: Pick<Options, 'publicUrl'>): ServerRoute {
  const ownHost = new URL(publicUrl).hostname;
  return {
    method: 'GET',
    path: '/dev/mailbox',
    handle(exchange) {
      // DNS rebinding: a foreign page whose name resolves to this machine could read the links in these mails.
      const host = URL.parse(`http://${exchange.req.headers.host}`)?.hostname ?? '';
      if (host !== ownHost && !isLoopback(host)) throw new HttpError(421, 'There is no mailbox at this host.');
      if (wantsHtml(exchange)) sendPage(exchange, 200, 'Dev mailbox', content(mails));
      else sendJson(exchange, 200, mails);
    },
  };
}

const content = (mails: readonly DevMail[]) =>
  `<p>No mail server is configured, so mails stay here, newest first. Reload the page to see new ones. Their links open pages
of your application, at <code>APP_URL</code>.</p>
${mails.map(article).join('\n') || '<p><small>No mails yet.</small></p>'}`;

const article = ({ subject, to, date, text }: DevMail) => `<article>
<h2>${escapeHtml(subject)}</h2>
<small>To ${escapeHtml(to)}<br><time datetime="${date.toISOString()}">${date.toUTCString()}</time></small>
${text.trim().split('\n\n').map(paragraph).join('\n')}
</article>`;

const paragraph = (text: string) =>
  /^https?:\S+$/.test(text)
    ? `<p><a href="${escapeHtml(text)}">${escapeHtml(text)}</a></p>`
    : `<p>${escapeHtml(text)}</p>`;
