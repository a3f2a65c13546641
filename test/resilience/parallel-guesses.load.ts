import { ada, LOGIN, REGISTER } from '../support/app.ts';
import { LastByte } from '../support/partial-requests.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { RedisServer } from './support/redis.ts';

const CODE = /"code":"([A-Z_]+)"/;

describe('a hundred login attempts whose last byte arrives at the same moment', () => {
  let servers: TestServer[] = [];
  let redis: RedisServer | undefined;
  afterEach(async () => {
    await Promise.all(servers.map(server => server.close()));
    await redis?.stop();
    servers = [];
    redis = undefined;
  });

  const start = async (replicas: number, env = {}) => {
    const first = await startServer(env);
    servers.push(first);
    while (servers.length < replicas) servers.push(await startServer(env, first.database));
    await first.browser().send(REGISTER, { ...ada });
  };

  /** Sends wrong passwords to the servers in turn. Returns how often each response code occurred. */
  const guessAtOnce = async () => {
    const held = await Promise.all(
      Array.from({ length: 100 }, (_, index) => {
        const { url } = servers[index % servers.length] as TestServer;
        return LastByte.hold(url, LOGIN, { email: ada.email, password: 'wrong' });
      }),
    );
    const responses = await Promise.all(held.map(each => each.release()));
    const counts: Record<string, number> = { INVALID_CREDENTIALS: 0, SIGNED_IN: 0 };
    for (const { body } of responses) {
      const code = CODE.exec(body)?.[1] ?? 'SIGNED_IN';
      counts[code] = (counts[code] ?? 0) + 1;
    }
    return counts;
  };

  it.each([
    [1, 1],
    [2, 1],
    [1, 2],
    [2, 2],
  ])('RL-1, RL-3: at most ten are compared, with %i replicas of %i workers', async (replicas, workers) => {
    await start(replicas, { BIENVENUE_WORKERS: String(workers) });

    const { INVALID_CREDENTIALS, RATE_LIMITED, BUSY = 0, ...rest } = await guessAtOnce();

    expect(INVALID_CREDENTIALS).toBeGreaterThan(0);
    expect(INVALID_CREDENTIALS).toBeLessThanOrEqual(10);
    expect(Number(RATE_LIMITED) + BUSY + Number(INVALID_CREDENTIALS)).toBe(100);
    expect(rest).toEqual({ SIGNED_IN: 0 });
  });

  it('RL-1, RL-3: at most ten are compared by two replicas that count in Redis', async () => {
    redis = await RedisServer.start();
    await start(2, redis.settings);

    const { INVALID_CREDENTIALS, SIGNED_IN } = await guessAtOnce();

    expect([Number(INVALID_CREDENTIALS) <= 10, SIGNED_IN]).toEqual([true, 0]);
  });

  it('RL-9: at most ten are compared by two replicas of two workers while Redis is down', async () => {
    redis = await RedisServer.start();
    await start(2, { ...redis.settings, BIENVENUE_WORKERS: '2' });
    await redis.stop();

    const { INVALID_CREDENTIALS, SIGNED_IN } = await guessAtOnce();

    expect(INVALID_CREDENTIALS).toBeGreaterThan(0);
    expect([Number(INVALID_CREDENTIALS) <= 10, SIGNED_IN]).toEqual([true, 0]);
  });

  it('RL-2: one request with a hundred aliases, the eleventh with the right password, is refused as well', async () => {
    await start(1);
    const [server] = servers as [TestServer];
    const guesses = Array.from(
      { length: 100 },
      (_, index) =>
        `a${index}: login(email: "${ada.email}", password: "${index === 10 ? ada.password : 'wrong'}") { __typename }`,
    );

    const response = await server.browser().send(`mutation { ${guesses.join('\n')} }`);

    expect(response.data).toBeUndefined();
    expect(response.status).toBe(400);
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});
