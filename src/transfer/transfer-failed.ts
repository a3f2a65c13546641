/** The database did not do what it was asked. The message says on which table; never what a row holds. */
export class TransferFailed extends Error {
  override name = 'TransferFailed';

  constructor(sentence: string, cause: unknown) {
    // An engine's own message quotes what it was given.
    const { code, name } = cause as { code?: unknown; name?: string };
    super(`${sentence} (${code ?? name}).`);
    this.cause = cause;
  }
}
