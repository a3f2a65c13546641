import { escapeHtml } from './html.ts';
import { buttonColors, buttonHtml, paragraphHtml } from './layout.ts';
import { fill, languageOf, type MailTexts, type MailValues, parseText } from './mail-text.ts';

/** The content of a mail. Text and HTML have the same words. */
export interface Message {
  subject: string;
  text: string;
  html: string;
}

interface MessageParts {
  texts: MailTexts;
  /** BCP 47 tag of the recipient's language. */
  locale: string | null;
  values: MailValues;
  /** The HTML around the words. */
  layout: string;
  /** The last line of the mail: the name and the host of the application. */
  service: string;
  /** Background of buttons, as `#3350c4`. */
  color: string;
}

/** Writes a mail in the language of its recipient. Throws when a link is not an http(s) address. */
export function compose({ texts, locale, values, layout, service, color }: MessageParts): Message {
  const language = languageOf(locale, texts);
  const written = writeValues(values, locale?.startsWith(`${language}-`) ? locale : language);
  const { subject, paragraphs } = parseText(typeset(texts[language] as string, language));
  const parts = paragraphs.map(part =>
    typeof part === 'string' ? fill(part, written) : { ...part, link: checkedLink(fill(part.target, written)) },
  );
  const texted = parts.map(part => (typeof part === 'string' ? part : `${part.label}\n${part.link}`));
  const content = parts.map(part =>
    typeof part === 'string' ? paragraphHtml(part) : buttonHtml(part.label, part.link, color),
  );
  const filled = fill(subject, written);
  return {
    subject: filled,
    text: `${[...texted, service].join('\n\n')}\n`,
    html: fill(layout, {
      language,
      subject: escapeHtml(filled),
      content: content.join('\n'),
      service: escapeHtml(service),
      ...buttonColors(color),
    }),
  };
}

/** French has a space before these signs, where no line may break. */
const typeset = (text: string, language: string): string =>
  language === 'fr' ? text.replace(/ (?=[:;?!»])|(?<=«) /g, '\u00a0') : text;

function writeValues(values: MailValues, locale: string): Record<string, string> {
  const entries = Object.entries(values);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : formatTime(value, locale)]),
  );
}

/** `January 15, 2026 at 12:00:00 PM UTC`, as the language writes it. */
function formatTime(time: Date, locale: string): string {
  // Without the extensions of a tag, which could ask for other digits or another calendar.
  const { baseName } = new Intl.Locale(locale);
  const format = new Intl.DateTimeFormat(baseName, { dateStyle: 'long', timeStyle: 'long', timeZone: 'UTC' });
  // French writes the first day of a month as an ordinal, which the data of Intl does not have.
  return format.format(time).replace(/^1(?= \p{L})/u, day => (locale.startsWith('fr') ? '1er' : day));
}

function checkedLink(link: string): string {
  if (!/^https?:\/\//.test(link)) throw new UnsafeMailLink();
  return link;
}

class UnsafeMailLink extends Error {
  override readonly name = 'UnsafeMailLink';
}
