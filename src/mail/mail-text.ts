/** The languages that every built-in mail is written in. A folder of templates can add others. */
export const LANGUAGES = ['en', 'fr', 'de'] as const;

type Language = (typeof LANGUAGES)[number];

/**
 * A mail's words by language. The first line is the subject; paragraphs are separated by blank lines, and line breaks
 * within them are kept; `{name}` is replaced by a value; a paragraph `[label]({link})` is a button.
 */
export type MailTexts = Readonly<Record<Language, string> & Record<string, string>>;

/** What replaces `{name}` in a text. A time is written in the language of the mail. */
export type MailValues = Readonly<Record<string, string | Date>>;

/** A text, taken apart. */
interface ParsedText {
  subject: string;
  paragraphs: (Button | string)[];
}

interface Button {
  label: string;
  /** `{link}`, or an address. */
  target: string;
}

const BUTTON = /^\[([^\]]+)\]\(([^()\s]+)\)$/;

export function parseText(source: string): ParsedText {
  const [subject = '', ...paragraphs] = source
    .replaceAll(/[^\S\n]*\r?\n[^\S\n]*/g, '\n')
    .trim()
    .split(/\n{2,}|(?<=^[^\n]*)\n/);
  return {
    subject,
    paragraphs: paragraphs.map(paragraph => {
      const [, label, target] = BUTTON.exec(paragraph) ?? [];
      return label && target ? { label, target } : paragraph;
    }),
  };
}

const PLACEHOLDER = /\{(\w+)\}/g;

/** The names of the values that a text is filled with. */
export const placeholdersOf = (source: string): string[] => [
  ...new Set([...source.matchAll(PLACEHOLDER)].map(([, name]) => String(name))),
];

/** The placeholders that are the targets of buttons. */
export const linksOf = (source: string): string[] =>
  parseText(source).paragraphs.flatMap(part => (typeof part === 'string' ? [] : placeholdersOf(part.target)));

/** Replaces each `{name}`. A name without a value stays as it is: in the layout it may be CSS. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(PLACEHOLDER, (placeholder, name: string) => values[name] ?? placeholder);

/**
 * The language for a BCP 47 tag, by RFC 4647 lookup: `fr` for `fr-CA`. English where there is no text.
 */
export function languageOf(locale: string | null, texts: MailTexts): string {
  for (let tag = locale ?? ''; tag !== ''; tag = tag.replace(/(^|-)[^-]*$/, ''))
    if (Object.hasOwn(texts, tag)) return tag;
  return 'en';
}
