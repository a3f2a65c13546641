import type { RateLimiter, RateLimitRule } from '../../src/rate-limits/rate-limiter.ts';
import type { TestClock } from './app.ts';

const MINUTE = 60_000;
const plain: RateLimitRule = { name: 'plain', limit: 3, window: 10 * MINUTE };
const sliding: RateLimitRule = { ...plain, name: 'sliding', sliding: true };
const single: RateLimitRule = { ...plain, name: 'single', limit: 1 };
const delayed: RateLimitRule = { ...plain, name: 'delayed', limit: 6, delayFrom: 3 };
const year: RateLimitRule = { ...plain, name: 'year', window: 400 * 24 * 60 * MINUTE };

export interface LimiterUnderTest {
  limiter: RateLimiter;
  clock: TestClock;
}

/** The contract of every rate limiter, whatever its storage. */
export function testLimiterContract(start: () => Promise<LimiterUnderTest>): void {
  let limiter: RateLimiter;
  let clock: TestClock;
  beforeEach(async () => {
    ({ limiter, clock } = await start());
  });

  const take = async (rule: RateLimitRule, times = 1, subject = 'ada') => {
    const waits: number[] = [];
    for (let index = 0; index < times; index++) waits.push(await limiter.consume(rule, subject));
    return waits;
  };

  it('allows `limit` attempts, and then returns the time until the window ends', async () => {
    await take(plain);
    clock.advance({ minutes: 4 });
    expect(await take(plain, 4)).toEqual([0, 0, 6 * MINUTE, 6 * MINUTE]);

    clock.advance({ minutes: 6, ms: -1 });
    expect(await take(plain)).toEqual([1]);
    clock.advance({ ms: 1 });
    expect(await take(plain, 4)).toEqual([0, 0, 0, 10 * MINUTE]);
  });

  it('restarts a sliding window with each attempt', async () => {
    await take(sliding);
    clock.advance({ minutes: 9 });
    await take(sliding);
    clock.advance({ minutes: 9 });
    expect(await take(sliding, 2)).toEqual([0, 10 * MINUTE]);

    clock.advance({ minutes: 10 });
    expect(await take(sliding, 4)).toEqual([0, 0, 0, 10 * MINUTE]);
  });

  it('refuses the second attempt of a limit of one', async () => {
    expect(await take(single, 2)).toEqual([0, 10 * MINUTE]);
  });

  it('delays attempts from `delayFrom` on, doubling the delay each time', async () => {
    expect(await take(delayed, 4)).toEqual([0, 0, 0, 1000]);
    clock.advance({ seconds: 1 });
    expect(await take(delayed, 2)).toEqual([0, 2000]);
    clock.advance({ seconds: 2 });
    expect(await take(delayed, 2)).toEqual([0, 4000]);
    clock.advance({ seconds: 4 });
    expect(await take(delayed, 2)).toEqual([0, 10 * MINUTE - 7000]);
  });

  it('supports windows of more than a year', async () => {
    await take(year, 3);
    clock.advance({ days: 399 });

    expect(await take(year)).toEqual([24 * 60 * MINUTE]);
  });

  it('refunds one attempt, and resets all', async () => {
    await take(plain, 3);
    await limiter.refund(plain, 'ada');
    expect(await take(plain, 2)).toEqual([0, 10 * MINUTE]);

    await limiter.reset([plain, 'ada']);
    expect(await take(plain, 4)).toEqual([0, 0, 0, 10 * MINUTE]);
  });

  it('refunds no more than was consumed', async () => {
    await limiter.refund(plain, 'ada');
    await take(plain);
    await limiter.refund(plain, 'ada');
    await limiter.refund(plain, 'ada');

    expect(await take(plain, 4)).toEqual([0, 0, 0, 10 * MINUTE]);
  });

  it('counts each rule and each subject separately', async () => {
    await take(plain, 3);

    expect(await take({ ...plain, name: 'other' })).toEqual([0]);
    expect(await take(plain, 1, 'bob')).toEqual([0]);
    expect(await limiter.consume(plain, 'ada', '')).toBe(0);
    expect(await take(plain)).toEqual([10 * MINUTE]);
  });

  it('RE-12: makes no subject wait longer than a window after the clock was ahead', async () => {
    clock.advance({ days: 2 });
    await take(plain, 3);
    clock.advance({ days: -2 });

    expect(await take(plain, 2)).toEqual([10 * MINUTE, 10 * MINUTE]);
    clock.advance({ minutes: 10 });
    expect(await take(plain, 4)).toEqual([0, 0, 0, 10 * MINUTE]);
  });

  it('RL-3: allows no more than `limit` concurrent attempts', async () => {
    const waits = await Promise.all(Array.from({ length: 50 }, () => limiter.consume(plain, 'ada')));

    expect(waits.filter(wait => wait === 0)).toHaveLength(3);
  });
}
