import { createContext, type ReactNode, type RefObject, use, useCallback, useRef } from 'react';

/** Why the session has ended, for the sign-in page. */
export type EndReason = 'sessionEnded' | 'signedOut' | 'accountDeleted';

const Context = createContext<RefObject<EndReason | undefined>>({ current: undefined });

/** Remembers whether the user ended the session. */
export function SessionEndProvider({ children }: { children: ReactNode }) {
  return <Context value={useRef<EndReason>(undefined)}>{children}</Context>;
}

/** The reason that was announced. */
export const useEndReason = () => use(Context);

/**
 * Announces that an operation ends the session, so that the sign-in page does not report it as unexpected:
 * `const { data, error } = await endSession('accountDeleted', () => deleteAccount())`.
 */
export function useEndSession() {
  const reason = use(Context);
  return useCallback(
    async <Result extends { error?: unknown }>(why: EndReason, operation: () => Promise<Result>): Promise<Result> => {
      reason.current = why;
      const result = await operation();
      if (result.error) reason.current = undefined;
      return result;
    },
    [reason],
  );
}
