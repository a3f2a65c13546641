import { ada, LOGIN, LOGOUT, PROFILE, REGISTER } from '../support/app.ts';
import { Failover } from '../support/failover.ts';
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
