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

/** Any text is accepted as a name, except control characters and lone surrogates. */
export function nameIssues(name: string | null | undefined): InputIssue[] {
  if (!name) return [];
  if (!name.isWellFormed() || /\p{Cc}/u.test(name))
    return [{ field: 'name', rule: 'INVALID', message: 'This name contains a character that is not text.' }];
  if ([...name].length > MAX_NAME_LENGTH)
    return [{ field: 'name', rule: 'TOO_LONG', message: `Please use at most ${MAX_NAME_LENGTH} characters.` }];
  return [];
}
