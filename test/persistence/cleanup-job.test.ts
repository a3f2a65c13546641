import { randomUUID } from 'node:crypto';
import { createLog } from '../../src/core/log.ts';
import { openDatabase } from '../../src/database.ts';
import { CleanupJob } from '../../src/persistence/cleanup-job.ts';
import { cleanupRules } from '../../src/registry.ts';
import { ada, bob, LOGIN, PROFILE, SESSION, startApp, type TestApp } from '../support/app.ts';
import { statementsDuring } from '../support/databases/statements.ts';
import { startReplicas } from '../support/replicas.ts';

describe('the cleanup', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.close());

  const count = async (table: string) => (await app.rows(`select count(*) as found from ${table}`))[0].found;
  const settleAfter = async (time: Parameters<TestApp['clock']['advance']>[0]) => {
    app.clock.advance(time);
    await app.auth.settle();
  };

  it('SE-10: deletes sessions, tokens and counters a day after they expired', async () => {
    const browser = await app.register(ada);
    await app.resetToken(ada.email);
    await app.browser().send(LOGIN, { email: 'nobody@example.org', password: 'wrong' });
    // The link of the registration lives for a day, that of the reset for half an hour.
    expect([await count('sessions'), await count('tokens')]).toEqual([1, 2]);

    await settleAfter({ days: 1, minutes: 29 });
    expect(await count('tokens')).toBe(2);
    await settleAfter({ minutes: 1 });
    expect(await count('tokens')).toBe(1);
    await settleAfter({ hours: 23, minutes: 30 });
    expect(await count('tokens')).toBe(0);

    for (let day = 0; day < 27; day++) {
      await browser.send(PROFILE);
      await settleAfter({ days: 1 });
    }
    expect(await browser.send(SESSION)).toMatchObject({ data: { session: {} } });
    await settleAfter({ days: 2 });
    expect(await count('sessions')).toBe(0);

    // Consecutive wrong passwords are counted for longer than a year.
    expect(await count('limits')).toBe(1);
    await settleAfter({ days: 400 });
    expect(await count('limits')).toBe(0);
  });

  it('SE-10: deletes in small batches, and only expired rows', async () => {
    const old = await app.register(bob);
    for (let copies = 1; copies <= 250; copies++)
      await app.rows(
        `insert into sessions (id, user_id, token_hash, credential_version, persistent, created_at, last_used_at, expires_at)
         select ?, user_id, ?, 1, persistent, 0, 0, 1000 from sessions where expires_at > 1000`,
        randomUUID(),
        `hash ${copies}`,
      );
    expect(await count('sessions')).toBe(251);

    const statements = await statementsDuring(() => app.auth.settle());

    const deletes = statements.filter(sql => /^delete from .sessions\W/.test(sql));
    expect(deletes).toHaveLength(3);
    expect(await count('sessions')).toBe(1);
    expect(await old.send(PROFILE)).toMatchObject({ data: { profile: { email: bob.email } } });
  });
});

describe('the cleanup of several replicas', () => {
  it('runs on one of them per interval', async () => {
    const replicas = await startReplicas();
    const { clock, options } = replicas.one;
    const databases = [await openDatabase(options), await openDatabase(options)];
    const jobs = databases.map(database => new CleanupJob(database, cleanupRules, clock, createLog('silent')));
    const runs = async () => (await Promise.all(jobs.map(job => job.runOnce()))).filter(Boolean).length;

    expect(await runs()).toBe(1);
    expect(await runs()).toBe(0);
    clock.advance({ minutes: 8 });
    expect(await runs()).toBe(0);
    clock.advance({ minutes: 1 });
    expect(await runs()).toBe(1);

    for (const database of databases) await database.close();
    await replicas.close();
  });
});
