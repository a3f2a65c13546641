import { LANGUAGES } from '../../i18n/texts.ts';

/** A language to choose. */
interface LanguageChoice {
  /** BCP 47. */
  tag: string;
  /** In the language itself. */
  name: string;
}

/**
 * The languages that mails can be chosen to be in: those of the built-in mails, that of the account, and those of the
 * browser, for which an operator may have added mails.
 */
export function mailLanguages(chosen: string | null, preferred: readonly string[]): LanguageChoice[] {
  const tags = new Set([...LANGUAGES, ...(chosen ? [chosen] : []), ...preferred.filter(isTag)]);
  return [...tags].map(tag => ({ tag, name: nameOf(tag) }));
}

/** Chromium may report `en-US@posix`, which Intl refuses. */
function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

function nameOf(tag: string): string {
  const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}
