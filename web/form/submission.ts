import type { AuthErrorCode, AuthErrorInfo } from 'bienvenue-auth/client';
import { useRef, useState } from 'react';
import { abortRequests } from '../connection.ts';
import type { ShownError } from '../errors/error-alert.tsx';
import { fieldErrorText } from '../errors/error-text.ts';
import { useText } from '../i18n/language.tsx';
import { settings } from '../settings.ts';

/** Why fields were refused, by name. */
export type Issues = Readonly<Record<string, string>>;

/** Where an error is shown, and in which words, when the code alone does not say it. */
export type ErrorPlaces = Partial<Record<AuthErrorCode, { field?: string; text?: string }>>;

/** What is known after an attempt to submit. */
interface Result {
  shown?: ShownError;
  issues: Issues;
  /** It worked, and nothing was entered since. */
  done?: true;
}

const NOTHING: Result = { issues: {} };
const DONE: Result = { issues: {}, done: true };

/** Sends a form once at a time and sorts what went wrong: beside its field, or above the button. */
export function useSubmission(fields: () => readonly string[], places: ErrorPlaces) {
  const text = useText();
  const [busy, setBusy] = useState(false);
  const [stopped, setStopped] = useState(false);
  const [result, setResult] = useState<Result>(NOTHING);
  const [attempts, setAttempts] = useState(0);
  const inFlight = useRef(false);

  function resultOf(error: AuthErrorInfo): Result {
    const place = places[error.code];
    if (place?.field) return { issues: { [place.field]: place.text ?? text[`error${error.code}`] } };
    const known = fields();
    const issues = error.fields.filter(({ field }) => known.includes(field));
    const retryAt = error.retryAfter === undefined ? undefined : Date.now() + error.retryAfter * 1000;
    // A field that the form does not have is named by the server's own sentence.
    const elsewhere = error.fields.find(({ field }) => !known.includes(field))?.message;
    const lost =
      error.code === 'NETWORK_ERROR' && known.length > 0 ? `${text.errorNETWORK_ERROR} ${text.inputKept}` : undefined;
    const sentence = place?.text ?? elsewhere ?? (issues.length > 0 ? text.checkFields : lost);
    return {
      issues: Object.fromEntries(
        issues.map(issue => [issue.field, fieldErrorText(text, issue, settings.passwordMinLength)]),
      ),
      shown: { error, ...(sentence && { text: sentence }), ...(retryAt !== undefined && { retryAt }) },
    };
  }

  function end(outcome: Result): void {
    setResult(outcome);
    setAttempts(count => count + 1);
  }

  /** Sends. Does nothing while an attempt is under way, so that a double click sends once. */
  async function send(attempt: () => Promise<AuthErrorInfo | undefined>): Promise<void> {
    if (inFlight.current) return;
    inFlight.current = true;
    setBusy(true);
    setStopped(false);
    setResult(NOTHING);
    const error = await attempt();
    inFlight.current = false;
    setBusy(false);
    end(error ? resultOf(error) : DONE);
  }

  return {
    busy,
    stopped,
    /** How many have ended. */
    attempts,
    ...result,
    send,
    /** Shows issues that were found before anything was sent. */
    refuse: (issues: Issues) => end({ issues }),
    /** The user edits a field. */
    clear: (field: string) =>
      setResult(({ issues: { [field]: _, ...issues }, shown }) => ({ issues, ...(shown && { shown }) })),
    stop: () => {
      setStopped(true);
      abortRequests();
    },
  };
}
