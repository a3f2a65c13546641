import { isLoopback } from '../core/loopback.ts';
import type { DevMail, DevMailbox } from '../mail/dev-mailbox.ts';
import { escapeHtml } from '../mail/templates.ts';
import type { Options } from '../options.ts';
import { HttpError } from '../request/error-response.ts';
import { allowMethods, type Handler, sendHtml, sendJson, wantsHtml } from './exchange.ts';

/** The mails that would have been sent, newest first. */
export function mailboxHandler({ mails }: DevMailbox, { publicUrl }: Pick<Options, 'publicUrl'>): Handler {
  const own = new URL(publicUrl).hostname;
  return exchange => {
    allowMethods(exchange, 'GET', 'HEAD');
    // A page of elsewhere can have its own name lead to this machine, and would read the links in these mails.
    const host = URL.parse(`http://${exchange.req.headers.host}`)?.hostname ?? '';
    if (host !== own && !isLoopback(host)) throw new HttpError(421, 'There is no mailbox at this host.');
    if (wantsHtml(exchange)) sendHtml(exchange, page(mails));
    else sendJson(exchange, 200, mails);
  };
}

const page = (mails: readonly DevMail[]) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Dev mailbox</title></head>
<body>
<h1>Dev mailbox</h1>
<p>No mail server is set, so mails stay here, newest first. Reload to look again.</p>
${mails.map(article).join('\n') || '<p>There are none yet.</p>'}
</body>
</html>
`;

const article = ({ subject, to, date, text }: DevMail) => `<article>
<h2>${escapeHtml(subject)}</h2>
<p>To ${escapeHtml(to)}, ${date.toISOString()}</p>
${text.trim().split('\n\n').map(paragraph).join('\n')}
</article>`;

const paragraph = (text: string) =>
  /^https?:\S+$/.test(text)
    ? `<p><a href="${escapeHtml(text)}">${escapeHtml(text)}</a></p>`
    : `<p>${escapeHtml(text)}</p>`;
