import { createHash } from 'node:crypto';
import { escapeHtml } from '../mail/templates.ts';
import type { HttpExchange } from '../request/route.ts';
import { send } from './exchange.ts';
import { STATUS_CODES } from './node-http.ts';

/** The style of every page, light or dark as the browser prefers. */
const STYLE = `
:root { color-scheme: light dark; --text: #1c1e26; --muted: #626878; --line: #e3e5eb; --page: #fbfbfd; --accent: #3553c9 }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8e9ee; --muted: #9aa0b0; --line: #2e323d; --page: #15171c; --accent: #9db2ff }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 40rem; padding: clamp(2rem, 10vh, 6rem) 1.25rem 4rem; color: var(--text);
  background: var(--page); font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { margin: 0 0 .75rem; font-size: 1.75rem; line-height: 1.25; letter-spacing: -.01em }
h2 { margin: 0 0 .25rem; font-size: 1.125rem; line-height: 1.4 }
p { margin: .75rem 0 }
a { color: var(--accent); text-underline-offset: .2em }
code { font: .9em ui-monospace, monospace }
ul { margin: 1.5rem 0; padding: 0; list-style: none; border-top: 1px solid var(--line) }
li { border-bottom: 1px solid var(--line) }
li a { display: block; padding: .75rem 0; text-decoration: none; font-weight: 600 }
li span { display: block; color: var(--muted); font-weight: 400 }
article { margin-top: 2rem; padding-top: 2rem; border-top: 1px solid var(--line) }
small { color: var(--muted); font-size: .875rem }
`;

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Sends a page in the common style. `content` is HTML. */
export function sendPage(exchange: HttpExchange, status: number, title: string, content: string): void {
  exchange.res.setHeader('content-security-policy', POLICY);
  send(
    exchange,
    status,
    'text/html; charset=utf-8',
    `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>
<h1>${escapeHtml(title)}</h1>
${content}
</body>
</html>
`,
  );
}

/** The page of an error, for a browser. */
export function sendErrorPage(exchange: HttpExchange, status: number, message: string): void {
  const title = STATUS_CODES[status] ?? `Error ${status}`;
  const content = `<p>${escapeHtml(message)}</p>\n<p><small>Status ${status}, request ${exchange.requestId}</small></p>`;
  sendPage(exchange, status, title, content);
}
