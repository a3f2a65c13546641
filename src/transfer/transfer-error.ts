/** The data cannot be moved. The message says why and what to do; of a row it names the key only. */
export class TransferError extends Error {
  override name = 'TransferError';
}

/** The database failed. The message names the table and the error code: an engine's own message quotes values. */
export class TransferDatabaseError extends TransferError {
  override name = 'TransferDatabaseError';

  constructor(sentence: string, cause: unknown) {
    const { code, name } = cause as { code?: unknown; name?: string };
    super(`${sentence} (${code ?? name}).`);
    this.cause = cause;
  }
}
