export type Status = 'ok' | 'warning' | 'fault';

/** What a finding is about. Part of the JSON format: names are added, and never change their meaning. */
export type Check =
  | 'settings'
  | 'database'
  | 'migrations'
  | 'clock'
  | 'mail'
  | 'redis'
  | 'address'
  | 'public-url'
  | 'proxy'
  | 'cookie';

/** One result. It contains no secret: connection URLs appear as the name of their setting and their host. */
export interface Finding {
  readonly check: Check;
  readonly status: Status;
  /** What was found, as a sentence. */
  readonly message: string;
  /** What to do, as a sentence; absent when there is nothing to do. */
  readonly advice?: string;
}

export const ok = (check: Check, message: string): Finding => ({ check, status: 'ok', message });

export const warning = (check: Check, message: string, advice: string): Finding => ({
  check,
  status: 'warning',
  message,
  advice,
});

export const fault = (check: Check, message: string, advice: string): Finding => ({
  check,
  status: 'fault',
  message,
  advice,
});

/** The code of an error, which names no host and no user, unlike most messages. */
export function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return String(code ?? name ?? 'unknown error');
}
