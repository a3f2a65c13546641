import type { Browser } from './browser.ts';
import { Gate } from './hasher.ts';

/** The network between the client kit and the service. Records operations, and can hold responses back. */
export class Network {
  /** The names of all operations that were sent. */
  readonly sent: string[] = [];
  private readonly held = new Map<string, Gate>();

  constructor(private readonly browser: Browser) {}

  /** The service handles the next operation of this name at once, but its response waits for the gate. */
  hold(operation: string): Gate {
    const gate = new Gate();
    this.held.set(operation, gate);
    return gate;
  }

  readonly fetch = (async (uri: string, init: RequestInit) => {
    const { operationName } = JSON.parse(String(init.body));
    this.sent.push(operationName);
    const gate = this.held.get(operationName);
    this.held.delete(operationName);
    // Aborting would take the response away before it could arrive too late.
    const response = await this.browser.fetch(uri, { ...init, ...(gate && { signal: undefined }) });
    await gate?.pass();
    return response;
  }) as typeof fetch;

  count(operation: string): number {
    return this.sent.filter(name => name === operation).length;
  }
}
