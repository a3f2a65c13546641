import type { AuthErrorInfo } from 'bienvenue-auth/client';
import { useLanguage, useText } from '../i18n/language.tsx';
import { durationText, useCountdown } from './countdown.ts';
import { errorText } from './error-text.ts';

/** An error with the moment until which the server asks to wait. */
export interface ShownError {
  error: AuthErrorInfo;
  /** The sentence, where the page knows better than the code. */
  text?: string;
  /** Milliseconds since 1970. */
  retryAt?: number;
}

/** Says what went wrong, at once also to screen readers, and counts down where the server asks to wait. */
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

/** The seconds are for the eye only: a screen reader that repeats them every second can say nothing else. */
function Countdown({ left, time }: { left: number; time: string }) {
  const text = useText();
  return (
    <p aria-hidden="true" className="countdown">
      {left > 0 ? text.retryIn(time) : text.retryNow}
    </p>
  );
}
