import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';

/** An operation that the server has begun to read, and that goes on only when it is told to. */
export class HeldRequest {
  /** Resolves once the server has said that it waits for the body. */
  readonly begun: Promise<unknown>;
  private readonly body: string;
  private readonly request: ClientRequest;
  private readonly response: Promise<IncomingMessage>;

  /** By default over a connection that the client would use again. */
  constructor(url: string, query: string, variables: object, agent = new Agent({ keepAlive: true })) {
    this.body = JSON.stringify({ query, variables });
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(this.body),
      expect: '100-continue',
    };
    this.request = request(`${url}/graphql`, { method: 'POST', agent, headers });
    this.begun = once(this.request, 'continue');
    this.response = once(this.request, 'response').then(([response]) => response);
    // Who never asks for the answer need not hear that there was none.
    this.response.catch(() => {});
    this.request.flushHeaders();
  }

  /** Sends the rest, and gives the answer. Rejects when the server has hung up. */
  async finish(): Promise<{ status?: number; body: unknown }> {
    this.request.end(this.body);
    const response = await this.response;
    return { status: response.statusCode, body: await json(response) };
  }
}
