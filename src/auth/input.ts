import { type InputIssue, throwInputIssues } from '../core/errors.ts';
import { type EmailAddress, parseEmail } from './email-address.ts';

const LONGEST_NAME = 200;

/** The address, or BAD_USER_INPUT. */
export function checkedEmail(email: string): EmailAddress {
  const address = parseEmail(email);
  throwInputIssues(emailIssues(address));
  return address as EmailAddress;
}

export function emailIssues(address: EmailAddress | null): InputIssue[] {
  return address ? [] : [{ field: 'email', rule: 'INVALID', message: 'This is not an e-mail address.' }];
}

/** Any text is a name; what is not text is none. */
export function nameIssues(name: string | null | undefined): InputIssue[] {
  if (!name) return [];
  if (!name.isWellFormed() || /\p{Cc}/u.test(name))
    return [{ field: 'name', rule: 'INVALID', message: 'This name holds a character that is not text.' }];
  if ([...name].length > LONGEST_NAME)
    return [{ field: 'name', rule: 'TOO_LONG', message: `Please use at most ${LONGEST_NAME} characters.` }];
  return [];
}
