import type { AuthErrorCode, AuthErrorInfo, FieldError } from 'bienvenue-auth/client';
import type { InputRule } from '../../schema/types.ts';
import type { SharedTexts } from '../i18n/language.tsx';

type FixedTexts = { [Key in keyof SharedTexts]: SharedTexts[Key] extends string ? Key : never }[keyof SharedTexts];

// Both lists of keys are checked by the compiler: a new code or rule of the schema needs its text.
const errorKey = (code: AuthErrorCode): FixedTexts => `error${code}`;
const ruleKey = (rule: InputRule): FixedTexts => `rule${rule}`;

/** What went wrong, in the language of the page. A code of a newer server keeps the server's own sentence. */
export const errorText = (text: SharedTexts, { code, rawCode, message }: AuthErrorInfo): string =>
  code === 'UNKNOWN' && rawCode !== undefined ? message : text[errorKey(code)];

/** Why a field was refused. A rule of a newer server keeps the server's own sentence. */
export function fieldErrorText(text: SharedTexts, { field, rule, message }: FieldError, minLength: number): string {
  if (rule === 'TOO_SHORT' && /password/i.test(field)) return text.passwordTooShort(minLength);
  if (rule === 'INVALID' && /email/i.test(field)) return text.emailInvalid;
  const key = ruleKey(rule as InputRule);
  return Object.hasOwn(text, key) ? text[key] : message;
}
