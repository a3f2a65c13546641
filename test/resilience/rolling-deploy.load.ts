import { ada, LOGIN, LOGOUT, PROFILE, REGISTER } from '../support/app.ts';
import { type RawResponse, request } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ROUNDS = 3;
const CLIENTS = 12;
const READS = 40;

describe('two servers on one database that are restarted in turn', () => {
  let servers: TestServer[];
  beforeEach(async () => {
    const first = await startServer({ BIENVENUE_RATE_LIMITS: 'off' });
    servers = [first, await startServer({ BIENVENUE_RATE_LIMITS: 'off' }, first.database)];
  });
  afterEach(() => Promise.all(servers.map(server => server.close())));

  it('RE-11: serve every request of clients that use the ready one', async () => {
    await servers[0]?.browser().send(REGISTER, { ...ada });
    const client = new Failover(() => servers.map(({ url }) => url));
    const { email, password } = ada;
    const failed: unknown[] = [];
    let requests = 0;
    let restarting = true;
    const send = async (query: string, variables: object, token?: string) => {
      requests += 1;
      const { json } = await client.post(query, variables, token);
      if (json.errors) throw new Error(JSON.stringify(json.errors));
      return json.data;
    };
    const runClient = async () => {
      while (restarting) {
        try {
          const { login } = await send(LOGIN, { email, password, transport: 'BEARER' });
          for (let read = 0; read < READS; read++)
            expect((await send(PROFILE, {}, login.token)).profile).toMatchObject({ email });
          expect(await send(LOGOUT, {}, login.token)).toEqual({ logout: true });
        } catch (error) {
          failed.push(error);
        }
      }
    };

    const clients = Array.from({ length: CLIENTS }, runClient);
    const exits: (number | null)[] = [];
    for (let round = 0; round < ROUNDS; round++)
      for (const server of servers) {
        exits.push(await server.signal('SIGTERM'));
        await server.start();
      }
    restarting = false;
    await Promise.all(clients);

    expect(failed).toEqual([]);
    expect(exits).toEqual(Array(2 * ROUNDS).fill(0));
    expect(requests).toBeGreaterThan(300);
    expect(client.failovers).toBeGreaterThanOrEqual(2 * ROUNDS - 1);
  });
});

const JSON_BODY = { 'content-type': 'application/json' };
/** One connection per request: reuse of kept-alive connections is tested separately. */
const ONCE = { connection: 'close' };

/**
 * A client of two servers that behaves like a load balancer: it sends nothing to a server that is not ready, and tries
 * the other one only if the connection was refused. The result of an accepted request is final.
 */
class Failover {
  /** The number of failovers. */
  failovers = 0;
  private current = 0;

  constructor(private readonly urls: () => string[]) {}

  async post(query: string, variables: object, token?: string): Promise<RawResponse> {
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
    this.failovers += 1;
    this.current = 1 - this.current;
  }
}

const isReady = (url: string) =>
  request(url, { path: '/readyz', headers: ONCE }).then(
    ({ status }) => status === 200,
    () => false,
  );

const isRefusal = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
