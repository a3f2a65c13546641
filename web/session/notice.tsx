import { useHistoryState } from 'wouter/use-browser-location';
import { useText } from '../i18n/language.tsx';
import type { EndReason } from './session-end.tsx';

/** The reason for signing in again. */
export function SessionNotice() {
  const text = useText();
  const state = useHistoryState<{ notice?: EndReason } | null>();
  const sentences: Record<EndReason, string> = {
    sessionEnded: text.noticeSessionEnded,
    signedOut: text.noticeSignedOut,
    accountDeleted: text.noticeAccountDeleted,
  };
  const sentence = state?.notice && sentences[state.notice];
  return (
    <div role="status">
      {sentence && (
        <div className="notice">
          <p>{sentence}</p>
        </div>
      )}
    </div>
  );
}
