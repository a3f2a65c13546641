import { type RawAnswer, request } from './raw.ts';

const JSON_BODY = { 'content-type': 'application/json' };
/** A connection a request: whether one that is kept can still be used is a question of its own. */
const ONCE = { connection: 'close' };

/**
 * A client with two servers to turn to, as a load balancer is: one that is not ready is asked nothing. It tries the
 * other only where nobody took the request; whatever happens to one that was taken is the outcome.
 */
export class Failover {
  /** How often it turned to the other. */
  turns = 0;
  private current = 0;

  constructor(private readonly urls: () => string[]) {}

  async post(query: string, variables: object, token?: string): Promise<RawAnswer> {
    const headers = { ...ONCE, ...JSON_BODY, ...(token && { authorization: `Bearer ${token}` }) };
    const body = JSON.stringify({ query, variables });
    for (;;) {
      const url = this.urls()[this.current] as string;
      if (!(await isReady(url))) {
        this.turn();
        continue;
      }
      try {
        return await request(url, { method: 'POST', path: '/graphql', headers, body });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.turn();
      }
    }
  }

  private turn(): void {
    this.turns += 1;
    this.current = 1 - this.current;
  }
}

const isReady = (url: string) =>
  request(url, { path: '/readyz', headers: ONCE }).then(
    ({ status }) => status === 200,
    () => false,
  );

const isRefusal = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
