import { readableOn, textOn } from '../core/color.ts';
import { escapeHtml } from './html.ts';

/**
 * The HTML around the words of every mail. `{language}` is a BCP 47 tag, `{content}` the paragraphs, `{service}` the name
 * and the host of the application; the colours are those of buttons. Tables and inline styles are for clients that ignore
 * style sheets; those that read them get dark mode. Nothing is loaded.
 */
export const LAYOUT = `<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
p { margin: 0 0 16px; }
.button { margin: 8px 0 16px; }
.link { font-size: 14px; line-height: 20px; }
.content > :last-child { margin-bottom: 0; }
@media (max-width: 480px) {
  .page { padding: 12px 8px 24px !important; }
  .content { padding: 20px !important; }
}
@media (prefers-color-scheme: dark) {
  body, .page { background: #15171c !important; }
  .card { background: #1c1f26 !important; border-color: #30343f !important; }
  .content { color: #e8e9ee !important; }
  .service, .link a { color: #a0a6b5 !important; }
  .button td { background: {darkColor} !important; }
  .button a { color: {darkColorText} !important; }
}
</style>
</head>
<body style="margin:0;padding:0;background:#f8f9fb;-webkit-text-size-adjust:100%">
<table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0"><tr>
<td class="page" align="center" style="padding:32px 16px 40px;background:#f8f9fb;font-family:Segoe UI,system-ui,-apple-system,Roboto,sans-serif">
<table role="presentation" class="card" width="560" cellspacing="0" cellpadding="0" border="0" style="width:100%;max-width:560px;background:#ffffff;border:1px solid #dfe2e8;border-radius:8px;border-collapse:separate"><tr>
<td class="content" dir="auto" align="start" style="padding:32px;color:#1c1e26;font-size:16px;line-height:26px;text-align:start;overflow-wrap:anywhere">
{content}
</td>
</tr></table>
<p class="service" style="margin:20px 0 0;color:#5d6372;font-size:14px;line-height:20px">{service}</p>
</td>
</tr></table>
</body>
</html>
`;

/** The names that a layout can use. */
export const LAYOUT_PLACEHOLDERS = [
  'language',
  'subject',
  'content',
  'service',
  'color',
  'colorText',
  'darkColor',
  'darkColorText',
];

/** The colours of buttons and of the words on them, in light and dark mode. */
export function buttonColors(color: string) {
  // Lighter than text needs: the button has to stand out from the dark card (#1c1f26).
  const darkColor = readableOn('#1c1f26', color, 7);
  return { color, colorText: textOn(color), darkColor, darkColorText: textOn(darkColor) };
}

/** A paragraph of the content. */
export const paragraphHtml = (text: string): string => `<p>${escapeHtml(text).replaceAll('\n', '<br>\n')}</p>`;

/** A button, and its address to read or copy. Outlook takes the padding of the cell, other clients that of the link. */
export function buttonHtml(label: string, link: string, color: string): string {
  const href = escapeHtml(link);
  return `<table role="presentation" class="button" cellspacing="0" cellpadding="0" border="0"><tr>
<td bgcolor="${color}" style="background:${color};border-radius:6px;mso-padding-alt:12px 24px"><a href="${href}" style="display:inline-block;padding:12px 24px;color:${textOn(color)};font-weight:600;line-height:24px;text-decoration:none">${escapeHtml(label)}</a></td>
</tr></table>
<p class="link"><a href="${href}" style="color:#5d6372;word-break:break-all">${href}</a></p>`;
}
