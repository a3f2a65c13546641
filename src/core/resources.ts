/** Resources opened during startup. They are closed in reverse order when the service stops or a later step fails. */
export class Resources {
  private readonly closers: (() => void | Promise<void>)[] = [];
  private closed?: Promise<void>;

  /** Registers how to close what was just opened, and returns it. */
  add<T>(resource: T, close: (resource: T) => void | Promise<void>): T {
    this.closers.push(() => close(resource));
    return resource;
  }

  /**
   * Closes everything, also when one of the closers throws; rejects with the first error. Every call waits for the same
   * run.
   */
  close(): Promise<void> {
    this.closed ??= this.closeAll();
    return this.closed;
  }

  private async closeAll(): Promise<void> {
    const errors: unknown[] = [];
    for (const close of this.closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
