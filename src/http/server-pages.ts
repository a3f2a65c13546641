import { escapeHtml } from '../mail/html.ts';
import type { HttpExchange } from '../request/route.ts';
import type { Brand } from './account-pages/page-settings.ts';
import { brandStyle, imageSources } from './brand.ts';
import { send } from './exchange.ts';
import { STATUS_CODES } from './node-http.ts';
import { hashSource } from './security-headers.ts';

/** The style of every page, light or dark as the browser prefers. */
const STYLE = `
:root { color-scheme: light dark; --text: #1c1e26; --muted: #5d6372; --line: #dfe2e8; --page: #f8f9fb; --card: #fff }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8e9ee; --muted: #a0a6b5; --line: #30343f; --page: #15171c; --card: #1c1f26 }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 42rem; padding: clamp(2rem, 9vh, 5rem) 1.25rem 4rem; color: var(--text);
  background: var(--page); font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { margin: 0 0 .5rem; font-size: 1.75rem; line-height: 1.25; letter-spacing: -.01em }
h2 { margin: 0 0 .25rem; font-size: 1.125rem; line-height: 1.4 }
p { margin: .75rem 0; text-wrap: pretty }
a { color: var(--brand-accent); text-underline-offset: .2em }
a:focus-visible { outline: 2px solid var(--brand-accent); outline-offset: 2px; border-radius: 2px }
code { font: .9em ui-monospace, monospace }
small { color: var(--muted); font-size: .875rem }
ul, article { margin: 1.5rem 0 0; border: 1px solid var(--line); border-radius: .5rem; background: var(--card) }
ul { padding: 0; list-style: none }
li + li { border-top: 1px solid var(--line) }
li a { display: block; padding: .875rem 1.25rem; font-weight: 600; text-decoration: none }
li a:hover b { text-decoration: underline }
li small { display: block; font-weight: 400 }
nav { display: flex; gap: 1.25rem }
[role=status] { font-weight: 600 }
[role=status]:empty { margin: 0 }
.button { display: inline-block; padding: .5rem 1.25rem; border-radius: .375rem; color: var(--brand-accent-text);
  background: var(--brand-accent); font-weight: 600; text-decoration: none }
.new { border-color: var(--brand-accent) }
article { padding: 1.25rem }
article :last-child { margin-bottom: 0 }
iframe { display: block; width: 100%; height: 30rem; margin: .75rem 0 0; border: 1px solid var(--line); border-radius: .5rem;
  resize: vertical }
summary { cursor: pointer }
.logo { display: block; max-width: 100%; height: 3rem; margin: 0 0 1.5rem }
details { margin: .75rem 0 }
pre { margin: .75rem 0; white-space: pre-wrap; font: .875rem/1.6 ui-monospace, monospace }
`;

/** Pages that the server renders itself: the welcome, errors and the dev mailbox. */
export class ServerPages {
  private readonly style: string;
  private readonly logo: string;
  private readonly policy: readonly string[];

  constructor(brand: Brand) {
    this.logo = brand.logo ? `<img class="logo" src="${escapeHtml(brand.logo)}" alt="">\n` : '';
    this.style = brandStyle(brand.color) + STYLE;
    this.policy = [
      "default-src 'none'",
      `style-src ${hashSource(this.style)}`,
      ...(brand.logo ? [`img-src ${imageSources(brand).join(' ')}`] : []),
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ];
  }

  /** `content` is HTML; `policy` adds directives to the Content-Security-Policy. */
  send(exchange: HttpExchange, status: number, title: string, content: string, policy: readonly string[] = []): void {
    exchange.res.setHeader('content-security-policy', [...this.policy, ...policy].join('; '));
    send(
      exchange,
      status,
      'text/html; charset=utf-8',
      `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${this.style}</style></head>
<body>
${this.logo}<h1>${escapeHtml(title)}</h1>
${content}
</body>
</html>
`,
    );
  }

  sendError(exchange: HttpExchange, status: number, message: string): void {
    const title = STATUS_CODES[status] ?? `Error ${status}`;
    const content = `<p>${escapeHtml(message)}</p>\n<p><small>Status ${status}, request <code>${exchange.requestId}</code></small></p>`;
    this.send(exchange, status, title, content);
  }
}
