import { type InputIssue, throwInputIssues } from '../core/errors.ts';
import { parseLocale } from '../core/locale.ts';
import { type EmailAddress, parseEmail } from './email-address.ts';

const MAX_NAME_LENGTH = 200;

/** Parses the address in an argument of this name. Throws BAD_USER_INPUT. */
export function checkedEmail(email: string, field = 'email'): EmailAddress {
  const address = parseEmail(email);
  throwInputIssues(emailIssues(address, field));
  return address as EmailAddress;
}

export function emailIssues(address: EmailAddress | null, field = 'email'): InputIssue[] {
  return address ? [] : [{ field, rule: 'INVALID', message: 'This is not an e-mail address.' }];
}

/** Null is no issue: it stands for no change. */
export function localeIssues(locale: string | null | undefined): InputIssue[] {
  if (typeof locale !== 'string' || parseLocale(locale) !== null) return [];
  return [{ field: 'locale', rule: 'INVALID', message: 'This is not a language tag such as en or fr-CA.' }];
}

export const nameIssues = (name: string | null | undefined): InputIssue[] =>
  textIssues(name, { field: 'name', limit: MAX_NAME_LENGTH, called: 'This name' });

interface TextRules {
  /** The argument's name. */
  field: string;
  /** The most characters (Unicode code points). */
  limit: number;
  /** The text in the sentence for the user. */
  called?: string;
}

/** Any text is accepted, except control characters and lone surrogates. Null or empty is none. */
export function textIssues(
  text: string | null | undefined,
  { field, limit, called = 'This' }: TextRules,
): InputIssue[] {
  if (!text) return [];
  if (!text.isWellFormed() || /\p{Cc}/u.test(text))
    return [{ field, rule: 'INVALID', message: `${called} contains a control character. Please remove it.` }];
  if ([...text].length > limit)
    return [{ field, rule: 'TOO_LONG', message: `Please use at most ${limit} characters.` }];
  return [];
}
