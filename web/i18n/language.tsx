import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { en } from './en.ts';
import { type Language, languageOf, type Texts, type Translation } from './texts.ts';

export type SharedTexts = Translation<typeof en>;

/** A language with its shared texts. */
export interface LoadedLanguage {
  readonly language: Language;
  readonly texts: SharedTexts;
}

const ENGLISH: LoadedLanguage = { language: 'en', texts: en };

/** Loads the texts of a language; the English ones if they cannot be loaded. */
export async function loadLanguage(language: Language): Promise<LoadedLanguage> {
  try {
    if (language === 'fr') return { language, texts: (await import('./fr.ts')).fr };
    if (language === 'de') return { language, texts: (await import('./de.ts')).de };
  } catch {
    // The next request of the page reports the lost connection.
  }
  return ENGLISH;
}

/** The first language of the browser that the pages have. */
export const browserLanguage = (): Language => languageOf(navigator.languages);

interface Choice extends LoadedLanguage {
  /** The preferred language. `language` is another one if its texts could not be loaded. */
  readonly wanted: Language;
}

const Context = createContext<Choice & { prefer(language: Language): void }>({
  ...ENGLISH,
  wanted: 'en',
  prefer: () => undefined,
});

/** Provides the language of the pages, beginning with the browser's. */
export function LanguageProvider({ initial, children }: { initial: LoadedLanguage; children: ReactNode }) {
  const [choice, setChoice] = useState<Choice>({ ...initial, wanted: initial.language });
  const latest = useRef(choice.wanted);
  const prefer = useCallback(async (wanted: Language) => {
    latest.current = wanted;
    const loaded = await loadLanguage(wanted);
    if (latest.current === wanted) setChoice({ ...loaded, wanted });
  }, []);
  useLayoutEffect(() => {
    document.documentElement.lang = choice.language;
  }, [choice.language]);
  const value = useMemo(() => ({ ...choice, prefer }), [choice, prefer]);
  return <Context value={value}>{children}</Context>;
}

/** The texts that all pages share. */
export const useText = (): SharedTexts => use(Context).texts;

/** The texts of one area. */
export const useTexts = <English,>(texts: Texts<English>): Translation<English> => texts[use(Context).language];

/** The language of the pages, for dates and numbers. */
export const useLanguage = (): Language => use(Context).language;

/**
 * Switches to the language of the account once its locale is known. Returns false until that is done or has failed: a page
 * shown before that would change its language.
 */
export function usePreferredLocale(locale: string | null | undefined): boolean {
  const { wanted, prefer } = use(Context);
  const language = locale ? languageOf([locale, ...navigator.languages]) : wanted;
  useEffect(() => {
    if (language !== wanted) prefer(language);
  }, [language, wanted, prefer]);
  return language === wanted;
}
