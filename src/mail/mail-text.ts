import { escapeHtml } from './html.ts';

/** The languages that mails are written in. */
export const LANGUAGES = ['en', 'fr', 'de'] as const;

export type Language = (typeof LANGUAGES)[number];

/**
 * A mail's words in every language. The first line is the subject; paragraphs are separated by blank lines; `{name}` is
 * replaced by a value; a paragraph `[label]({link})` is a button.
 */
export type MailTexts = Readonly<Record<Language, string>>;

/** What replaces `{name}` in a text. */
export type MailValues = Readonly<Record<string, string>>;

/** The content of a mail. Text and HTML have the same words. */
export interface Message {
  subject: string;
  text: string;
  html: string;
}

/** The language of mails for a BCP 47 tag: `fr` for `fr-CA`, English where there is no translation. */
export function languageOf(locale: string | null): Language {
  const [primary] = locale?.split('-') ?? [];
  return LANGUAGES.find(language => language === primary) ?? 'en';
}

const BUTTON = /^\[([^\]]+)\]\((.+)\)$/;

/** Fills a text with values. */
export function compose(source: string, language: Language, values: MailValues): Message {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  const [subject = '', ...paragraphs] = source
    .trim()
    .split(/\n\s*\n|(?<=^[^\n]*)\n/)
    .map(part => part.replaceAll('\n', ' ').trim())
    .filter(part => part !== '');
  const parts = paragraphs.map(paragraph => {
    const [, label, link] = BUTTON.exec(paragraph) ?? [];
    return link === undefined ? { text: fill(paragraph) } : { text: `${label}:`, link: fill(link) };
  });
  return {
    subject: fill(subject),
    text: `${parts.map(({ text, link }) => (link === undefined ? text : `${text}\n\n${link}`)).join('\n\n')}\n`,
    html: `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><title>${escapeHtml(fill(subject))}</title></head>
<body>
${parts.map(({ text, link }) => `<p>${escapeHtml(text)}</p>${link === undefined ? '' : `\n<p><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></p>`}`).join('\n')}
</body>
</html>
`,
  };
}
