import { openDatabase } from '../../src/database.ts';
import type { Database } from '../../src/persistence/database.ts';
import { DatabaseRateLimiter } from '../../src/rate-limits/database-rate-limiter.ts';
import { MemoryRateLimiter } from '../../src/rate-limits/memory-rate-limiter.ts';
import { startApp, type TestApp, TestClock } from '../support/app.ts';
import { testLimiterContract } from '../support/limiter-contract.ts';

describe('tries counted in the database', () => {
  let app: TestApp;
  let database: Database;
  beforeEach(async () => {
    app = await startApp();
    database = await openDatabase(app.options);
  });
  afterEach(async () => {
    await database.close();
    await app.close();
  });

  testLimiterContract(async () => ({
    limiter: new DatabaseRateLimiter(database.orm.em.fork(), app.clock),
    clock: app.clock,
  }));
});

describe('tries counted in the process', () => {
  testLimiterContract(async () => {
    const clock = new TestClock();
    return { limiter: new MemoryRateLimiter(clock), clock };
  });

  it('forgets the oldest counter when there are too many, so that memory stays bounded', async () => {
    const limiter = new MemoryRateLimiter(new TestClock());
    const rule = { name: 'single', limit: 1, window: 60_000 };
    await limiter.consume(rule, 'oldest');
    await limiter.consume(rule, 'second');
    for (let index = 0; index < 99_999; index++) await limiter.consume(rule, String(index));

    expect(await limiter.consume(rule, 'second')).toBe(60_000);
    expect(await limiter.consume(rule, 'oldest')).toBe(0);
  });
});
