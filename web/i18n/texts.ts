/** The languages of the pages: those of the mails. */
export const LANGUAGES = ['en', 'fr', 'de'] as const;

export type Language = (typeof LANGUAGES)[number];

/** A sentence, or a function that writes a sentence around values. */
type Text = string | ((...values: never[]) => string);

/** The type of the other languages: the keys of the English texts, each taking the same values. */
export type Translation<English> = {
  readonly [Key in keyof English]: English[Key] extends (...values: infer Values) => string
    ? (...values: Values) => string
    : string;
};

/** The texts of one area of the pages in every language. */
export type Texts<English> = Readonly<Record<Language, Translation<English>>>;

/**
 * Puts the texts of an area together. The English ones decide which keys there are and which values each takes; a key
 * that another language lacks, or has beside them, does not compile.
 */
export const defineTexts = <const English extends Record<string, Text>>(
  en: English,
  others: Readonly<Record<Exclude<Language, 'en'>, Translation<English>>>,
): Texts<English> => ({ en: en as unknown as Translation<English>, ...others });

/** The language of the pages for tags in order of preference, by RFC 4647 lookup: `fr` for `fr-CA`. Else English. */
export function languageOf(tags: readonly (string | null | undefined)[]): Language {
  for (const tag of tags) {
    const primary = tag?.split('-')[0]?.toLowerCase();
    const language = LANGUAGES.find(language => language === primary);
    if (language) return language;
  }
  return 'en';
}
