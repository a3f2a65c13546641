import { RedisRateLimiter } from '../../src/rate-limits/redis-rate-limiter.ts';
import { ada, bob, LOGIN, startApp, type TestApp, TestClock } from '../support/app.ts';
import { BEHIND_PROXY, guess } from '../support/guesses.ts';
import { CountingHasher } from '../support/hasher.ts';
import { testLimiterContract } from '../support/limiter-contract.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';
import { RedisServer } from './support/redis.ts';

const LIMITED = { status: 429, code: 'RATE_LIMITED' };
const SIGNED_IN = { data: { login: { __typename: 'SignedIn' } } };
const OTHER_ADDRESS = '192.0.2.99';

describe('rate limits in Redis', () => {
  let redis: RedisServer;
  let limiter: RedisRateLimiter;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterEach(() => limiter.close());
  afterAll(() => redis.stop());

  testLimiterContract(async () => {
    await redis.command('FLUSHALL');
    const clock = new TestClock();
    limiter = await RedisRateLimiter.open(redis.url, clock);
    return { limiter, clock };
  });

  it('use hashed keys that expire with the window', async () => {
    await limiter.consume({ name: 'plain', limit: 3, window: 60_000 }, 'ada@example.org');

    const [, key = ''] = (await redis.command('RANDOMKEY')).split('\r\n');
    expect(key).toMatch(/^bienvenue:limits:[0-9a-f]{64}$/);
    expect(await redis.command(`PTTL ${key}`)).toMatch(/^:[1-9]\d{0,4}$/);
  });
});

describe('replicas that share rate limits in Redis', () => {
  const hasher = new CountingHasher();
  let redis: RedisServer;
  let replicas: Replicas;
  beforeEach(async () => {
    redis = await RedisServer.start();
    replicas = await startReplicas({ env: { ...BEHIND_PROXY, ...redis.settings }, ports: { hasher } });
    await replicas.one.register(ada);
    await replicas.one.register(bob);
  });
  afterEach(async () => {
    await replicas.close();
    await redis.stop();
  });

  /** Guesses one password after another, alternating between the replicas. Returns how many reached the hasher. */
  const attack = async (times: number) => {
    const before = hasher.comparisons;
    for (let index = 0; index < times; index++) {
      await guess(index % 2 === 0 ? replicas.one : replicas.two, ada, `wrong ${index}`);
      replicas.one.clock.advance({ seconds: 20 });
    }
    return hasher.comparisons - before;
  };
  const logged = ({ lines }: TestApp, message: string) => lines.filter(line => line.includes(message)).length;

  it('RL-9: share one count and write nothing to the database', async () => {
    expect(await attack(20)).toBe(10);

    expect(await guess(replicas.one, ada, ada.password)).toMatchObject(LIMITED);
    expect(await guess(replicas.two, ada, ada.password)).toMatchObject(LIMITED);
    expect(await guess(replicas.two, ada, ada.password, OTHER_ADDRESS)).toMatchObject(SIGNED_IN);
    expect(await replicas.one.rows('select limits.key from limits')).toEqual([]);
  });

  it('RL-9: allow no extra attempts when Redis stops during an attack, and still accept valid logins', async () => {
    let compared = await attack(6);
    await redis.stop();
    compared += await attack(20);

    expect(compared).toBeLessThanOrEqual(10);
    expect(await guess(replicas.one, ada, ada.password)).toMatchObject(LIMITED);
    expect(await guess(replicas.one, bob, bob.password)).toMatchObject(SIGNED_IN);
    expect(await guess(replicas.two, ada, ada.password, OTHER_ADDRESS)).toMatchObject(SIGNED_IN);
    expect(logged(replicas.one, 'is unreachable, counting per process')).toBe(1);
  });

  it('RL-9: each count half of the limit while Redis is down', async () => {
    await redis.stop();

    expect(await attack(40)).toBe(10);
    expect(await guess(replicas.one, bob, bob.password)).toMatchObject(SIGNED_IN);
  });

  it('RL-9: keep their counts when Redis comes back empty, and share a count again without a restart', async () => {
    let compared = await attack(6);
    for (let outage = 0; outage < 3; outage++) {
      await redis.stop();
      compared += await attack(4);
      await redis.start();
      await redisInUse();
      compared += await attack(4);
    }

    expect(compared).toBeLessThanOrEqual(10);
    replicas.one.clock.advance({ hours: 1 });
    expect(await attack(20)).toBe(10);
    expect(await replicas.one.rows('select limits.key from limits')).toEqual([]);
  });

  it('RL-9: detect an outage during which no request arrived', async () => {
    const compared = await attack(20);
    await redis.stop();
    await redis.start();
    await redisInUse();

    expect(compared + (await attack(20))).toBeLessThanOrEqual(10);
  });

  it('RE-9: respond while Redis hangs, and share a count again afterwards', async () => {
    redis.freeze();
    expect(await guess(replicas.one, ada, ada.password)).toMatchObject(SIGNED_IN);
    expect(await guess(replicas.two, ada, 'wrong')).toMatchObject({ code: 'INVALID_CREDENTIALS' });

    redis.thaw();
    await redisInUse();
    expect(await guess(replicas.two, ada, ada.password)).toMatchObject(SIGNED_IN);
  });

  /** Resolves when both replicas use Redis again. */
  async function redisInUse(): Promise<void> {
    for (const app of [replicas.one, replicas.two]) {
      const before = logged(app, 'is reachable again');
      for (let index = 0; logged(app, 'is reachable again') === before; index++) {
        if (index === 200) throw new Error('Redis is back, but a replica does not use it');
        await guess(app, { ...ada, email: `nobody${index}@example.org` }, 'wrong', `203.0.113.${index}`);
      }
    }
  }
});

describe('a service that starts without Redis', () => {
  it('RE-9: starts, accepts logins, and uses Redis once it is available', async () => {
    const redis = await RedisServer.absent();
    const app = await startApp({ env: redis.settings });
    await app.register(ada);
    expect(await app.browser().send(LOGIN, { email: ada.email, password: ada.password })).toMatchObject(SIGNED_IN);

    await redis.start();
    for (let index = 0; (await redis.command('DBSIZE')) === ':0'; index++) {
      if (index === 200) throw new Error('Redis is available, but the service does not use it');
      await app.browser().send(LOGIN, { email: `nobody${index}@example.org`, password: 'wrong' });
    }
    await app.close();
    await redis.stop();
  });
});
