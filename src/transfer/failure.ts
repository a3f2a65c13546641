import { DriverException } from '@mikro-orm/core';

/** The database did not do what it was asked. The message says on which table; never what a row holds. */
export class TransferFailed extends Error {
  override name = 'TransferFailed';

  constructor(sentence: string, cause: unknown) {
    super(`${sentence} (${reasonOf(cause)}).`);
    this.cause = cause;
  }
}

/** An engine's own message quotes what it was given. */
function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: string };
  const named = error instanceof DriverException ? [name, code] : [code ?? name];
  return named.filter(Boolean).join(', ');
}
