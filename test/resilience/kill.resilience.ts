import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { LOGIN, type Person, PROFILE, RESET_PASSWORD } from '../support/app.ts';
import { fileOf } from '../support/databases/sqlite.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type Balance, type BookedReset, type Entry, Ledger } from './support/ledger.ts';
import { Life } from './support/life.ts';

const KILLS = 6;
const ACKNOWLEDGED_BETWEEN = 175;
const CALLERS = 6;
/** The others of the crowd are on their way through the tables then. */
const ANSWERS_OF_A_CROWD = 1;

describe('a server that is killed in the middle of its work, again and again', () => {
  let server: TestServer;
  let ledger: Ledger;
  let balance: Balance;
  /** How the database was found after each kill. */
  const integrity: unknown[] = [];

  beforeAll(async () => {
    server = await startServer({
      BIENVENUE_RATE_LIMITS: 'off',
      BIENVENUE_EXPOSE_RESET_TOKEN: 'on',
      // Nobody listens there, so mails stay in the outbox.
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'bienvenue@example.org',
    });
    let isTime = (_: Entry) => false;
    ledger = new Ledger(join(server.folder, 'ledger'), entry => {
      if (isTime(entry)) server.process.kill('SIGKILL');
    });
    for (let kill = 0; kill < KILLS; kill++) {
      const enough = ledger.acknowledged + ACKNOWLEDGED_BETWEEN;
      const isEnough = () => ledger.acknowledged >= enough;
      // In turns: in the middle of everything, and in the middle of resets, which have the most to do at once.
      isTime = kill % 2 === 0 ? isEnough : () => false;
      await atOnce(caller => liveUntil(isEnough, caller));
      if (kill % 2 !== 0) {
        const resets = await atOnce(() => newLife().aboutToReset());
        let answers = 0;
        isTime = ({ kind }) => kind === 'reset' && ++answers === ANSWERS_OF_A_CROWD;
        const neighbour = new Neighbour(fileOf(server));
        await atOnce(caller => unlessKilled(resets[caller] as () => Promise<void>));
        neighbour.leave();
      }
      await server.signal('SIGKILL');
      await server.start();
      integrity.push(await server.rows('pragma integrity_check'));
    }
    balance = ledger.balance();
  });
  afterAll(async () => {
    ledger.close();
    await server.close();
  });

  const newLife = () => new Life(() => server.browser(), ledger);

  const liveUntil = (isEnough: () => boolean, caller: number) =>
    unlessKilled(async () => {
      while (!isEnough()) await (caller % 2 === 0 ? newLife().comeAndGo() : newLife().forgetPassword());
    });

  async function unlessKilled(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // What fetch says when there is nobody any more; an answer that is wrong is something else.
      if (!server.process.killed || (error as Error).name !== 'TypeError') throw error;
    }
  }

  const isOpen = async (session: string) => {
    const browser = server.browser({ cookies: { session_id: session } });
    return (await browser.send(PROFILE)).data.profile !== null;
  };
  const lets = async (email: string, password: string) =>
    (await server.browser().send(LOGIN, { email, password })).data?.login !== undefined;
  /** A password that is refused tells whether the token is good, and leaves it so. */
  const isGood = async (token: string) =>
    (await server.browser().send(RESET_PASSWORD, { token, newPassword: '' })).code === 'BAD_USER_INPUT';

  it('RE-1: has a database without a fault after each kill, and more than a thousand acknowledgements to keep', () => {
    expect(integrity).toEqual(Array(KILLS).fill([{ integrity_check: 'ok' }]));
    expect(ledger.acknowledged).toBeGreaterThan(1000);
    for (const { size } of [balance.people, balance.open, balance.ended, balance.resets, balance.mails, balance.unused])
      expect(size).toBeGreaterThan(KILLS);
  });

  it('RE-1: keeps every session that it opened, and ends for good every one that was logged out', async () => {
    expect(await those([...balance.open.keys()], async session => !(await isOpen(session)))).toEqual([]);
    expect(await those([...balance.ended], isOpen)).toEqual([]);
  });

  it('RE-1: keeps every account with its password', async () => {
    const unchanged = [...balance.people.values()].filter(({ email }) => !balance.resets.has(email));

    expect(await those(unchanged, async ({ email, password }: Person) => !(await lets(email, password)))).toEqual([]);
  });

  it('RE-1: keeps every mail that was asked for until it is sent', async () => {
    const queued = new Map(
      (await server.rows("select address, count(*) as mails from outbox where kind = 'reset-password' group by 1")).map(
        ({ address, mails }) => [address, mails as number],
      ),
    );
    const lost = [...balance.mails].filter(([email, asked]) => (queued.get(email) ?? 0) < asked);

    expect(lost).toEqual([]);
  });

  it('RE-1, RE-2: has done all of a reset that it acknowledged, and all or nothing of the others', async () => {
    const notices = new Map(
      (
        await server.rows("select address, count(*) as notices from outbox where kind = 'password-changed' group by 1")
      ).map(({ address, notices }) => [address, notices]),
    );
    const effectOf = async ({ email, token, oldPassword, newPassword, sessions }: BookedReset) => ({
      newPassword: await lets(email, newPassword),
      oldPassword: await lets(email, oldPassword),
      sessions: new Set(await Promise.all(sessions.map(isOpen))),
      notices: notices.get(email) ?? 0,
      token: await isGood(token),
    });

    await inTurns([...balance.resets.values()], async reset => {
      const effect = await effectOf(reset);
      expect(effect).toEqual(reset.acknowledged || effect.newPassword ? EVERYTHING : NOTHING);
    });
  });

  it('RE-1: keeps every token that it gave out and nobody has used', async () => {
    expect(await those([...balance.unused.keys()], async token => !(await isGood(token)))).toEqual([]);
  });

  it('RE-2: has left no half of anything in any table', async () => {
    expect(await server.rows('pragma foreign_key_check')).toEqual([]);
    expect(await server.rows(FROM_BEFORE_A_CHANGE)).toEqual([]);
    expect(await server.rows(CHANGES_WITHOUT_NOTICE)).toEqual([]);
    // A registration that nobody heard the answer of: the account and its session, or neither.
    const unheard = (await server.rows(SESSIONS_BY_ACCOUNT)).filter(
      ({ email }) => !balance.people.has(email as string),
    );
    expect(unheard).toEqual(unheard.map(account => ({ ...account, sessions: 1 })));
  });
});

const EVERYTHING = {
  newPassword: true,
  oldPassword: false,
  sessions: new Set([false]),
  notices: 1,
  token: false,
};
const NOTHING = { newPassword: false, oldPassword: true, sessions: new Set([true]), notices: 0, token: true };

/** Sessions and tokens that a change of the password should have ended. */
const FROM_BEFORE_A_CHANGE = `
  select given.id from (
    select id, user_id, credential_version from sessions union all select id, user_id, credential_version from tokens
  ) given join users on users.id = given.user_id
  where given.credential_version <> users.credential_version`;

const CHANGES_WITHOUT_NOTICE = `
  select email from users
  where credential_version - 1 <> (select count(*) from outbox where kind = 'password-changed' and address = email)`;

const SESSIONS_BY_ACCOUNT = `
  select email, (select count(*) from sessions where user_id = users.id) as sessions from users`;

const atOnce = <Result>(work: (caller: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: CALLERS }, (_, caller) => work(caller)));

/** Works on a few at a time: the queue for hashes is short on purpose. */
async function inTurns<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await atOnce(worker);
}

/** Those of which it is true. */
async function those<Item>(items: Item[], isTrue: (item: Item) => Promise<boolean>): Promise<Item[]> {
  const found: Item[] = [];
  await inTurns(items, async item => {
    if (await isTrue(item)) found.push(item);
  });
  return found;
}

/** Long enough for a crowd to come to the lock, and shorter than the service waits for it. */
const FIRST_TURN_MS = 1000;
const TURN_MS = 10;

/**
 * Another process that writes to the same database. It has the lock for a while, and then half of the time: a crowd
 * gets to it together, and what is not done in one step takes long.
 */
class Neighbour {
  private readonly database: SQLite.Database;
  private timer: NodeJS.Timeout;

  constructor(file: string) {
    this.database = new SQLite(file, { timeout: FIRST_TURN_MS });
    this.database.exec('begin immediate');
    this.database.pragma('busy_timeout = 0');
    this.timer = setTimeout(() => {
      this.timer = setInterval(() => this.turn(), TURN_MS);
    }, FIRST_TURN_MS);
  }

  leave(): void {
    clearInterval(this.timer);
    this.database.close();
  }

  private turn(): void {
    try {
      this.database.exec(this.database.inTransaction ? 'rollback' : 'begin immediate');
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error;
    }
  }
}
