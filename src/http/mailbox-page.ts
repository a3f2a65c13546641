import type { DevMail } from '../mail/dev-mailbox.ts';
import { escapeHtml } from '../mail/html.ts';
import { MAILBOX_SCRIPT } from './mailbox-script.ts';
import { hashSource } from './security-headers.ts';

export const MAILBOX_PATH = '/dev/mailbox';

/** What a mail may do in the browser: nothing but open its links, outside the frame. */
export const SANDBOX = 'allow-popups allow-popups-to-escape-sandbox';

/** What the page of the mailbox needs beside its style: frames with mails, and its script, which polls for new ones. */
export const MAILBOX_POLICY = ["frame-src 'self'", `script-src ${hashSource(MAILBOX_SCRIPT)}`, "connect-src 'self'"];

/** The left half of the Message-ID. */
export const mailId = ({ messageId }: DevMail): string => /^<([^@]*)@/.exec(messageId)?.[1] ?? '';

/** The content of the mailbox as HTML. Each mail is an article, whose id is that of the mail. */
export const mailboxContent = (mails: readonly DevMail[], links: readonly [path: string, label: string][]): string =>
  `<nav>${links.map(([path, label]) => `<a href="${path}">${label}</a>`).join(' ')}</nav>
<p>No mail server is configured, so mails stay here, newest first. New ones appear by themselves. Their links open pages of
your application, at <code>APP_URL</code>.</p>
<p role="status"></p>
<div id="mails">${mails.map(article).join('\n')}</div>
${mails.length === 0 ? '<p id="empty"><small>No mails yet.</small></p>' : ''}
<script type="module">${MAILBOX_SCRIPT}</script>`;

function article(mail: DevMail, index: number): string {
  const { subject, to, date, text } = mail;
  const path = `${MAILBOX_PATH}/${encodeURIComponent(mailId(mail))}`;
  return `<article id="${escapeHtml(mailId(mail))}">
<h2>${escapeHtml(subject)}</h2>
<small>To ${escapeHtml(to)}<br><time datetime="${date.toISOString()}">${date.toUTCString()}</time></small>
${linksIn(text).map(button).join('\n')}
<details${index === 0 ? ' open' : ''}><summary>As it will look</summary>
<iframe src="${path}" title="${escapeHtml(subject)}" sandbox="${SANDBOX}" loading="lazy"></iframe>
<p><a href="${path}">Open as a page</a></p></details>
<details><summary>Text</summary><pre>${text.trim().split('\n').map(line).join('\n')}</pre></details>
</article>`;
}

/** A mail has each link on a line of its own, below the words of its button. */
const linksIn = (text: string): [label: string, link: string][] =>
  [...text.matchAll(/^(.+)\n(https?:\S+)$/gm)].map(([, label = '', link = '']) => [label, link]);

/** Opens a new tab, so that the mailbox stays open. */
const button = ([label, link]: [string, string]) =>
  `<p><a class="button" href="${escapeHtml(link)}" target="_blank" rel="noopener">${escapeHtml(label)}</a></p>`;

const line = (text: string) =>
  /^https?:\S+$/.test(text) ? `<a href="${escapeHtml(text)}">${escapeHtml(text)}</a>` : escapeHtml(text);
