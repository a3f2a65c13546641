import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import { en } from './en.ts';
import { type Language, languageOf, type Texts, type Translation } from './texts.ts';

export type SharedTexts = Translation<typeof en>;

/** A language with its shared texts. */
export interface LoadedLanguage {
  readonly language: Language;
  readonly texts: SharedTexts;
}

const ENGLISH: LoadedLanguage = { language: 'en', texts: en };

/** Loads the texts of a language. Where they do not arrive, the pages are in English. */
export async function loadLanguage(language: Language): Promise<LoadedLanguage> {
  try {
    if (language === 'fr') return { language, texts: (await import('./fr.ts')).fr };
    if (language === 'de') return { language, texts: (await import('./de.ts')).de };
  } catch {
    // The connection is lost; the request that the page makes next says so.
  }
  return ENGLISH;
}

/** The language that the browser asks for. */
export const browserLanguage = (): Language => languageOf(navigator.languages);

const Context = createContext<LoadedLanguage & { prefer(locale: string | null): void }>({
  ...ENGLISH,
  prefer: () => undefined,
});

/** Provides the language of the pages, beginning with the browser's. */
export function LanguageProvider({ initial, children }: { initial: LoadedLanguage; children: ReactNode }) {
  const [loaded, setLoaded] = useState(initial);
  const [wanted, setWanted] = useState(initial.language);
  useEffect(() => {
    let current = true;
    void loadLanguage(wanted).then(next => current && setLoaded(next));
    return () => {
      current = false;
    };
  }, [wanted]);
  useEffect(() => {
    document.documentElement.lang = loaded.language;
  }, [loaded.language]);
  const value = useMemo(
    () => ({
      ...loaded,
      prefer: (locale: string | null) => setWanted(languageOf([locale, ...navigator.languages])),
    }),
    [loaded],
  );
  return <Context value={value}>{children}</Context>;
}

/** The texts that all pages share. */
export const useText = (): SharedTexts => use(Context).texts;

/** The texts of one area. */
export const useTexts = <English,>(texts: Texts<English>): Translation<English> => texts[use(Context).language];

/** The language of the pages, for dates and numbers. */
export const useLanguage = (): Language => use(Context).language;

/** Switches to the language of the account, as soon as its locale is known. */
export function usePreferredLocale(locale: string | null | undefined): void {
  const { prefer } = use(Context);
  useEffect(() => {
    if (locale) prefer(locale);
  }, [locale, prefer]);
}
