import { RedisRateLimiter } from '../../src/rate-limits/redis-rate-limiter.ts';
import { ada, bob, LOGIN, startApp, type TestApp, TestClock } from '../support/app.ts';
import { BEHIND_PROXY, guess } from '../support/guesses.ts';
import { CountingHasher } from '../support/hasher.ts';
import { keepsTheLimiterPromises } from '../support/limiter-promises.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';
import { RedisServer } from './support/redis.ts';

const LIMITED = { status: 429, code: 'RATE_LIMITED' };
const SIGNED_IN = { data: { login: { __typename: 'SignedIn' } } };
const OTHER_ADDRESS = '192.0.2.99';

describe('tries counted in Redis', () => {
  let redis: RedisServer;
  let limiter: RedisRateLimiter;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterEach(() => limiter.close());
  afterAll(() => redis.stop());

  keepsTheLimiterPromises(async () => {
    await redis.ask('FLUSHALL');
    const clock = new TestClock();
    limiter = await RedisRateLimiter.open(redis.url, clock);
    return { limiter, clock };
  });

  it('go there by names that tell nobody anything, and are forgotten when the window has ended', async () => {
    await limiter.consume({ name: 'plain', limit: 3, window: 60_000 }, 'ada@example.org');

    const [, key = ''] = (await redis.ask('RANDOMKEY')).split('\r\n');
    expect(key).toMatch(/^bienvenue:limits:[0-9a-f]{64}$/);
    expect(await redis.ask(`PTTL ${key}`)).toMatch(/^:(60000|5\d{4})$/);
  });
});

describe('replicas that count in Redis', () => {
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

  /** Wrong passwords for one account from one source, at both replicas by turns; gives how many were looked at. */
  const attack = async (times: number) => {
    const before = hasher.comparisons;
    for (let index = 0; index < times; index++) {
      await guess(index % 2 === 0 ? replicas.one : replicas.two, ada, `wrong ${index}`);
      replicas.one.clock.advance({ seconds: 20 });
    }
    return hasher.comparisons - before;
  };
  const said = ({ lines }: TestApp, words: string) => lines.filter(line => line.includes(words)).length;

  it('RL-9: count together, and leave the database alone', async () => {
    expect(await attack(20)).toBe(10);

    expect(await guess(replicas.one, ada, ada.password)).toMatchObject(LIMITED);
    expect(await guess(replicas.two, ada, ada.password)).toMatchObject(LIMITED);
    expect(await guess(replicas.two, ada, ada.password, OTHER_ADDRESS)).toMatchObject(SIGNED_IN);
    expect(await replicas.one.rows('select limits.key from limits')).toEqual([]);
  });

  it('RL-9: give no more tries when it is stopped under attack, and let people in all the same', async () => {
    let looked = await attack(6);
    await redis.stop();
    looked += await attack(20);

    expect(looked).toBeLessThanOrEqual(20);
    expect(await guess(replicas.one, ada, ada.password)).toMatchObject(LIMITED);
    expect(await guess(replicas.one, bob, bob.password)).toMatchObject(SIGNED_IN);
    expect(await guess(replicas.two, ada, ada.password, OTHER_ADDRESS)).toMatchObject(SIGNED_IN);
    expect(said(replicas.one, 'limits are not shared')).toBe(1);
  });

  it('RL-9: count by halves, each for itself, while it is away', async () => {
    await redis.stop();

    expect(await attack(40)).toBe(10);
    expect(await guess(replicas.one, bob, bob.password)).toMatchObject(SIGNED_IN);
  });

  it('RL-9: do not forget what they counted when it comes back empty, and are in step again without a restart', async () => {
    let looked = await attack(6);
    for (let outage = 0; outage < 3; outage++) {
      await redis.stop();
      looked += await attack(4);
      await redis.start();
      await backAgain();
      looked += await attack(4);
    }

    expect(looked).toBeLessThanOrEqual(20);
    replicas.one.clock.advance({ hours: 1 });
    expect(await attack(20)).toBe(10);
    expect(await replicas.one.rows('select limits.key from limits')).toEqual([]);
  });

  it('RL-9: notice an outage that nobody asked anything in', async () => {
    const looked = await attack(20);
    await redis.stop();
    await redis.start();
    await backAgain();

    expect(looked + (await attack(20))).toBeLessThanOrEqual(20);
  });

  it('RE-9: answer while it hangs, and when it goes on', async () => {
    redis.hang();
    const started = performance.now();
    expect(await guess(replicas.one, ada, ada.password)).toMatchObject(SIGNED_IN);
    expect(await guess(replicas.two, ada, 'wrong')).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(performance.now() - started).toBeLessThan(10_000);

    redis.goOn();
    await backAgain();
    expect(await guess(replicas.two, ada, ada.password)).toMatchObject(SIGNED_IN);
  });

  /** Until both have asked it something that it answered. */
  async function backAgain(): Promise<void> {
    for (const app of [replicas.one, replicas.two]) {
      const before = said(app, 'limits are shared again');
      for (let index = 0; said(app, 'limits are shared again') === before; index++) {
        if (index === 200) throw new Error('Redis is back, and a replica does not notice');
        await guess(app, { ...ada, email: `nobody${index}@example.org` }, 'wrong', `203.0.113.${index}`);
      }
    }
  }
});

describe('a service whose Redis is not there when it starts', () => {
  it('RE-9: starts, lets people in, and takes it up when it comes', async () => {
    const redis = await RedisServer.absent();
    const app = await startApp({ env: redis.settings });
    await app.register(ada);
    expect(await app.browser().send(LOGIN, { email: ada.email, password: ada.password })).toMatchObject(SIGNED_IN);

    await redis.start();
    for (let index = 0; (await redis.ask('DBSIZE')) === ':0'; index++) {
      if (index === 200) throw new Error('Redis is there, and nobody asks it anything');
      await app.browser().send(LOGIN, { email: `nobody${index}@example.org`, password: 'wrong' });
    }
    await app.close();
    await redis.stop();
  });
});
