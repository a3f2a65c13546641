import { type Database, openDatabase } from '../../src/database.ts';
import { DatabaseLimiter } from '../../src/ports/limiter.ts';
import { LocalLimiter } from '../../src/ports/local-limiter.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { TestClock } from '../support/clock.ts';
import { keepsTheLimiterPromises } from '../support/limiter-promises.ts';

describe('tries counted in the database', () => {
  let app: TestApp;
  let database: Database;
  beforeEach(async () => {
    app = await startApp();
    database = await openDatabase(app.config);
  });
  afterEach(async () => {
    await database.close();
    await app.close();
  });

  keepsTheLimiterPromises(async () => ({
    limiter: new DatabaseLimiter(database.orm.em.fork(), app.clock),
    clock: app.clock,
  }));
});

describe('tries counted in the process', () => {
  keepsTheLimiterPromises(async () => {
    const clock = new TestClock();
    return { limiter: new LocalLimiter(clock), clock };
  });

  it('forgets the oldest counter when there are too many, so that memory stays bounded', async () => {
    const limiter = new LocalLimiter(new TestClock());
    const rule = { name: 'single', slots: 1, window: 60_000 };
    await limiter.take(rule, 'oldest');
    await limiter.take(rule, 'second');
    for (let index = 0; index < 99_999; index++) await limiter.take(rule, String(index));

    expect(await limiter.take(rule, 'second')).toBe(60_000);
    expect(await limiter.take(rule, 'oldest')).toBe(0);
  });
});
