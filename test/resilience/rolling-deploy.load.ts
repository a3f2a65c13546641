import { ada, LOGIN, LOGOUT, PROFILE, REGISTER } from '../support/app.ts';
import { type RawAnswer, request } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ROUNDS = 3;
const CALLERS = 12;
const READS = 40;

describe('two servers on one database that are restarted in turn', () => {
  let servers: TestServer[];
  beforeEach(async () => {
    const first = await startServer({ BIENVENUE_RATE_LIMITS: 'off' });
    servers = [first, await startServer({ BIENVENUE_RATE_LIMITS: 'off' }, first.database)];
  });
  afterEach(() => Promise.all(servers.map(server => server.close())));

  it('RE-11: fails nobody who turns to the one that is ready', async () => {
    await servers[0]?.browser().send(REGISTER, { ...ada });
    const client = new Failover(() => servers.map(({ url }) => url));
    const { email, password } = ada;
    const failed: unknown[] = [];
    let asked = 0;
    let restarting = true;
    const ask = async (query: string, variables: object, token?: string) => {
      asked += 1;
      const { json } = await client.post(query, variables, token);
      if (json.errors) throw new Error(JSON.stringify(json.errors));
      return json.data;
    };
    const caller = async () => {
      while (restarting) {
        try {
          const { login } = await ask(LOGIN, { email, password, transport: 'BEARER' });
          for (let read = 0; read < READS; read++)
            expect((await ask(PROFILE, {}, login.token)).profile).toMatchObject({ email });
          expect(await ask(LOGOUT, {}, login.token)).toEqual({ logout: true });
        } catch (error) {
          failed.push(error);
        }
      }
    };

    const callers = Array.from({ length: CALLERS }, caller);
    const exits: (number | null)[] = [];
    for (let round = 0; round < ROUNDS; round++)
      for (const server of servers) {
        exits.push(await server.signal('SIGTERM'));
        await server.start();
      }
    restarting = false;
    await Promise.all(callers);

    expect(failed).toEqual([]);
    expect(exits).toEqual(Array(2 * ROUNDS).fill(0));
    expect(asked).toBeGreaterThan(300);
    expect(client.turns).toBeGreaterThanOrEqual(2 * ROUNDS - 1);
  });
});

const JSON_BODY = { 'content-type': 'application/json' };
/** A connection a request: whether one that is kept can still be used is a question of its own. */
const ONCE = { connection: 'close' };

/**
 * A client with two servers to turn to, as a load balancer is: one that is not ready is asked nothing. It tries the
 * other only where nobody took the request; whatever happens to one that was taken is the outcome.
 */
class Failover {
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
