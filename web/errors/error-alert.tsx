import type { AuthErrorInfo } from 'bienvenue-auth/client';
import { useLanguage, useText } from '../i18n/language.tsx';
import { durationText, useCountdown } from './countdown.ts';
import { errorText } from './error-text.ts';

/** An error, with the time of the next attempt if the server limits it. */
export interface ShownError {
  error: AuthErrorInfo;
  /** The sentence, where the page knows better than the code. */
  text?: string;
  /** Milliseconds since 1970. */
  retryAt?: number;
}

/** Shows an error, announces it to screen readers, and counts down to `retryAt`. */
export function ErrorAlert({ shown }: { shown: ShownError | undefined }) {
  const text = useText();
  const language = useLanguage();
  const left = useCountdown(shown?.retryAt);
  const { error } = shown ?? {};
  return (
    <>
      <div role="alert">
        {shown && error && (
          <div className="notice notice-error">
            <p>{shown.text ?? errorText(text, error)}</p>
            {error.code === 'INTERNAL_SERVER_ERROR' && error.requestId && (
              <p className="fine-print">{text.requestId(error.requestId)}</p>
            )}
            {shown.retryAt !== undefined && (
              <Countdown key={shown.retryAt} left={left} time={durationText(language, left)} />
            )}
          </div>
        )}
      </div>
      <p role="status" className="visually-hidden">
        {shown?.retryAt !== undefined && left === 0 ? text.retryNow : ''}
      </p>
    </>
  );
}

/** Hidden from screen readers, which would announce every second. */
function Countdown({ left, time }: { left: number; time: string }) {
  const text = useText();
  return (
    <p aria-hidden="true" className="countdown">
      {left > 0 ? text.retryIn(time) : text.retryNow}
    </p>
  );
}
