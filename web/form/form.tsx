import type { AuthErrorInfo } from 'bienvenue-auth/client';
import { type FormEvent, type ReactNode, use, useEffect, useRef } from 'react';
import { useCountdown } from '../errors/countdown.ts';
import { ErrorAlert } from '../errors/error-alert.tsx';
import { useSlow } from '../errors/slow.ts';
import { useText } from '../i18n/language.tsx';
import { PasswordDialogOpen } from '../session/password-dialog-open.ts';
import { FieldIssues } from './field-issues.ts';
import { type ErrorPlaces, type Issues, useSubmission } from './submission.ts';
import { type FormValues, isField, issuesOf, namesOf, valuesOf } from './values.ts';

interface FormProps {
  /** The label of the button. */
  submit: ReactNode;
  /** Sends the values. Returns the error, if there is one, for the form to show. */
  onSubmit(values: FormValues): Promise<AuthErrorInfo | undefined>;
  /** Where errors that belong to a field are shown, by code. */
  places?: ErrorPlaces;
  /** Validates the values before they are sent. Returns what is wrong, by the names of fields. */
  check?(values: FormValues): Issues | undefined;
  /** Shown after a successful attempt, if the form stays. */
  done?: string;
  /** `danger` for what cannot be undone, `plain` for what is not the purpose of the page. */
  tone?: 'danger' | 'plain';
  /** Beside the button, such as a way to cancel. */
  beside?: ReactNode;
  children?: ReactNode;
}

const BUTTONS = {
  primary: 'button button-primary',
  danger: 'button button-danger',
  plain: 'button',
} as const;

/**
 * A form with its button. It sends once at a time, keeps what was typed, shows errors beside their fields, moves the focus
 * to the first of these, counts down while the server limits attempts, and offers to stop when the server is slow.
 */
export function Form({ submit, onSubmit, places = {}, check, done, tone, beside, children }: FormProps) {
  const text = useText();
  const form = useRef<HTMLFormElement>(null);
  const submission = useSubmission(() => namesOf(form.current), places);
  const { busy, issues, shown, stopped, attempts } = submission;
  const blocked = useCountdown(shown?.retryAt) > 0;
  const slow = useSlow(busy && !use(PasswordDialogOpen));

  // The focus moves when an attempt ends, not with each correction.
  useEffect(() => {
    if (attempts > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [attempts]);

  function submitted(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy || blocked) return;
    const values = valuesOf(event.currentTarget);
    const refused = { ...check?.(values), ...issuesOf(event.currentTarget, text) };
    if (Object.keys(refused).length > 0) return submission.refuse(refused);
    void submission.send(() => onSubmit(values));
  }

  return (
    <form
      ref={form}
      className="form"
      method="post"
      noValidate
      aria-busy={busy}
      onSubmit={submitted}
      onInput={({ target }) => isField(target) && submission.clear(target.name)}
    >
      <FieldIssues value={issues}>{children}</FieldIssues>
      <ErrorAlert shown={stopped && shown ? { ...shown, text: text.stopped } : shown} />
      <div className="form-actions">
        <button type="submit" className={BUTTONS[tone ?? 'primary']} aria-disabled={busy || blocked}>
          {submit}
        </button>
        {beside}
        {done && (
          <p role="status" className="form-done">
            {submission.done && done}
          </p>
        )}
      </div>
      <div role="status">
        {slow && (
          <p className="slow">
            {text.slow}{' '}
            <button type="button" className="link-button" onClick={submission.stop}>
              {text.stopWaiting}
            </button>
          </p>
        )}
      </div>
    </form>
  );
}
