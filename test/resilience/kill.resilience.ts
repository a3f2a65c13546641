import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { LOGIN, type Person, PROFILE, RESET_PASSWORD } from '../support/app.ts';
import { fileOf } from '../support/databases/sqlite.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type Balance, type Entry, Ledger, type PasswordChange, type Recorded, type Reset } from './support/ledger.ts';
import { times } from './support/scale.ts';
import { sendUntilHandled, UserJourney } from './support/user-journey.ts';

const KILLS = times(6, 3);
const ACKNOWLEDGED_BETWEEN = times(175, 60);
const CLIENTS = 6;
type Journey = 'registerAndLogOut' | 'resetPassword' | 'changePassword';
/** Of the clients in turn. */
const JOURNEYS: Journey[] = ['registerAndLogOut', 'resetPassword', 'registerAndLogOut', 'changePassword'];
/** What each kill interrupts: a mix of operations, or changes of passwords only, which change the most in one transaction. */
const VICTIMS = [undefined, 'prepareReset', 'prepareChange'] as const;
/** At the first response of a batch the other requests are still in progress. */
const RESPONSES_BEFORE_KILL = 1;

describe('a server repeatedly killed with SIGKILL under load', () => {
  let server: TestServer;
  let ledger: Ledger;
  let balance: Balance;
  /** Result of the integrity check after each kill. */
  const integrity: unknown[] = [];

  beforeAll(async () => {
    server = await startServer({
      BIENVENUE_RATE_LIMITS: 'off',
      BIENVENUE_EXPOSE_RESET_TOKEN: 'on',
      // Nothing listens on this port, so mails stay in the outbox.
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
      const victim = VICTIMS[kill % VICTIMS.length];
      isTime = victim ? () => false : isEnough;
      await atOnce(client => runJourneysUntil(isEnough, client));
      if (victim) {
        const changes = await atOnce(() => newJourney()[victim]());
        let responses = 0;
        isTime = ({ kind }) => /^(reset|changed)$/.test(kind) && ++responses === RESPONSES_BEFORE_KILL;
        const writer = new CompetingWriter(fileOf(server));
        await atOnce(client => unlessKilled(changes[client] as () => Promise<void>));
        writer.stop();
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

  const newJourney = () => new UserJourney(() => server.browser(), ledger);

  const runJourneysUntil = (isEnough: () => boolean, client: number) =>
    unlessKilled(async () => {
      while (!isEnough()) await newJourney()[JOURNEYS[client % JOURNEYS.length] as Journey]();
    });

  async function unlessKilled(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // fetch throws a TypeError when the server is gone; any other error is a wrong response.
      if (!server.process.killed || (error as Error).name !== 'TypeError') throw error;
    }
  }

  const isOpen = async (session: string) => {
    const browser = server.browser({ cookies: { session_id: session } });
    return (await browser.send(PROFILE)).data.profile !== null;
  };
  const codeOf = async (query: string, variables: object) =>
    (await sendUntilHandled(server.browser(), query, variables)).code;
  const canLogIn = async (email: string, password: string) => {
    const code = await codeOf(LOGIN, { email, password });
    expect([undefined, 'INVALID_CREDENTIALS']).toContain(code);
    return code === undefined;
  };
  /** A rejected password shows whether the token is valid without consuming it. */
  const isValidToken = async (token: string) => {
    const code = await codeOf(RESET_PASSWORD, { token, newPassword: '' });
    expect(['BAD_USER_INPUT', 'TOKEN_INVALID']).toContain(code);
    return code === 'BAD_USER_INPUT';
  };

  it('RE-1: has an intact database after each kill, with hundreds of acknowledged operations', () => {
    expect(integrity).toEqual(Array(KILLS).fill([{ integrity_check: 'ok' }]));
    expect(ledger.acknowledged).toBeGreaterThan(KILLS * ACKNOWLEDGED_BETWEEN * 0.9);
    const { people, open, ended, resets, changes, mails, unused } = balance;
    for (const { size } of [people, open, ended, resets, changes, mails, unused]) expect(size).toBeGreaterThan(KILLS);
  });

  it('RE-1: keeps every session that it created, and none that ended by logout', async () => {
    expect(await filterAsync([...balance.open.keys()], async session => !(await isOpen(session)))).toEqual([]);
    expect(await filterAsync([...balance.ended], isOpen)).toEqual([]);
  });

  it('RE-1: keeps every account with its password', async () => {
    const { people, resets, changes } = balance;
    const unchanged = [...people.values()].filter(({ email }) => !resets.has(email) && !changes.has(email));

    expect(
      await filterAsync(unchanged, async ({ email, password }: Person) => !(await canLogIn(email, password))),
    ).toEqual([]);
  });

  it('RE-1: keeps every requested mail until it is sent', async () => {
    const queued = new Map(
      (await server.rows("select address, count(*) as mails from outbox where kind = 'reset-password' group by 1")).map(
        ({ address, mails }) => [address, mails as number],
      ),
    );
    const lost = [...balance.mails].filter(([email, requested]) => (queued.get(email) ?? 0) < requested);

    expect(lost).toEqual([]);
  });

  it('RE-1, RE-2: keeps the mail that verifies the address of an account, and has none without its account', async () => {
    expect(await server.rows(ACCOUNTS_WITHOUT_VERIFICATION)).toEqual([]);
    expect(await server.rows(VERIFICATIONS_WITHOUT_ACCOUNT)).toEqual([]);
  });

  const effectOf = async ({ email, oldPassword, newPassword, sessions }: Recorded<PasswordChange>) => ({
    newPassword: await canLogIn(email, newPassword),
    oldPassword: await canLogIn(email, oldPassword),
    sessions: new Set(await Promise.all(sessions.map(isOpen))),
    notices: (await server.rows(`${NOTICES} and address = '${email}'`)).length,
  });

  it('RE-1, RE-2: completed every acknowledged reset, and applied the others fully or not at all', async () => {
    await forEachLimited([...balance.resets.values()], async (reset: Recorded<Reset>) => {
      const effect = { ...(await effectOf(reset)), token: await isValidToken(reset.token) };
      const applied = reset.acknowledged || effect.newPassword;
      expect(effect).toEqual(applied ? { ...EVERYTHING, token: false } : { ...NOTHING, token: true });
    });
  });

  it('RE-1, RE-2: completed every acknowledged change of a password, and applied the others fully or not at all', async () => {
    await forEachLimited([...balance.changes.values()], async change => {
      const effect = await effectOf(change);
      expect(effect).toEqual(change.acknowledged || effect.newPassword ? EVERYTHING : NOTHING);
    });
  });

  it('RE-1: keeps every unused token that it issued', async () => {
    expect(await filterAsync([...balance.unused.keys()], async token => !(await isValidToken(token)))).toEqual([]);
  });

  it('RE-2: leaves no partial change in any table', async () => {
    expect(await server.rows('pragma foreign_key_check')).toEqual([]);
    expect(await server.rows(FROM_BEFORE_A_CHANGE)).toEqual([]);
    expect(await server.rows(CHANGES_WITHOUT_NOTICE)).toEqual([]);
    // A registration without a response: the account and its session, or neither.
    const unacknowledged = (await server.rows(SESSIONS_BY_ACCOUNT)).filter(
      ({ email }) => !balance.people.has(email as string),
    );
    expect(unacknowledged).toEqual(unacknowledged.map(account => ({ ...account, sessions: 1 })));
  });

  it('LO-3: has exactly one event of each effect, and no event without its effect', async () => {
    const accounts = await server.rows(EFFECTS_AND_EVENTS);

    expect(accounts.length).toBeGreaterThanOrEqual(balance.people.size);
    for (const { email, versions, sessions, signIns, signOuts, ...events } of accounts) {
      const passwordResets = balance.resets.has(email as string) ? versions : 0;
      const passwordChanges = balance.changes.has(email as string) ? versions : 0;
      expect({ email, ...events }).toEqual({ email, registered: 1, passwordResets, passwordChanges });
      // A new password ends all sessions, so that only other accounts show every sign-in and sign-out.
      if (versions === 0)
        expect({ email, sessions }).toEqual({ email, sessions: 1 + (signIns as number) - (signOuts as number) });
    }
    expect(await server.rows(EVENTS_WITHOUT_ACCOUNT)).toEqual([]);
  });
});

const EVERYTHING = { newPassword: true, oldPassword: false, sessions: new Set([false]), notices: 1 };
const NOTHING = { newPassword: false, oldPassword: true, sessions: new Set([true]), notices: 0 };

const NOTICES = "select address from outbox where kind = 'password-changed'";

/** A reset verifies the address as well, and its mail is dropped. */
const ACCOUNTS_WITHOUT_VERIFICATION = `
  select email from users
  where email_verified_at is null and 1 <> (select count(*) from outbox where kind = 'verify-email' and address = canonical_email)`;

const VERIFICATIONS_WITHOUT_ACCOUNT = `
  select address from outbox where kind = 'verify-email' and address not in (select canonical_email from users)`;

/** Sessions and tokens that a password change should have ended. */
const FROM_BEFORE_A_CHANGE = `
  select given.id from (
    select id, user_id, credential_version from sessions union all select id, user_id, credential_version from tokens
  ) given join users on users.id = given.user_id
  where given.credential_version <> users.credential_version`;

const CHANGES_WITHOUT_NOTICE = `
  select email from users
  where credential_version - 1 <> (select count(*) from outbox where kind = 'password-changed' and address = email)`;

const countOf = (type: string) => `(select count(*) from account_events where user_id = users.id and type = '${type}')`;

const EFFECTS_AND_EVENTS = `
  select email, credential_version - 1 as versions,
    (select count(*) from sessions where user_id = users.id) as sessions,
    ${countOf('REGISTERED')} as registered, ${countOf('PASSWORD_RESET')} as passwordResets,
    ${countOf('PASSWORD_CHANGED')} as passwordChanges,
    ${countOf('SIGNED_IN')} as signIns, ${countOf('SIGNED_OUT')} as signOuts
  from users`;

const EVENTS_WITHOUT_ACCOUNT = `
  select * from account_events where user_id is not null and user_id not in (select id from users)`;

const SESSIONS_BY_ACCOUNT = `
  select email, (select count(*) from sessions where user_id = users.id) as sessions from users`;

const atOnce = <Result>(work: (client: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: CLIENTS }, (_, client) => work(client)));

/** Processes a few items at a time, because the hash queue is short. */
async function forEachLimited<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await atOnce(worker);
}

/** The items that match the asynchronous predicate. */
async function filterAsync<Item>(items: Item[], matches: (item: Item) => Promise<boolean>): Promise<Item[]> {
  const found: Item[] = [];
  await forEachLimited(items, async item => {
    if (await matches(item)) found.push(item);
  });
  return found;
}

/** Long enough that all clients wait for the lock, and shorter than the service's busy timeout. */
const FIRST_LOCK_MS = 1000;
const LOCK_MS = 10;

/**
 * A second writer on the same file. It holds the lock for one second and then half of the time, so that waiting requests
 * start together and work spread over several transactions takes long.
 */
class CompetingWriter {
  private readonly database: SQLite.Database;
  private timer: NodeJS.Timeout;

  constructor(file: string) {
    this.database = new SQLite(file, { timeout: FIRST_LOCK_MS });
    this.database.exec('begin immediate');
    this.database.pragma('busy_timeout = 0');
    this.timer = setTimeout(() => {
      this.timer = setInterval(() => this.turn(), LOCK_MS);
    }, FIRST_LOCK_MS);
  }

  stop(): void {
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
