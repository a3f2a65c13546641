import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { betterAuth, type Contestant, ours } from '../contestants.ts';
import { betterAuthAt, type Dialect, OURS } from '../credentials.ts';
import type { BenchDatabase } from '../databases.ts';
import { load, type StreamResult } from '../load.ts';
import { MailSink } from '../mail-sink.ts';
import { pinned } from '../processes.ts';
import { BEHIND_A_PROXY, fromSeparateAddresses, type Operation, rawRequest } from '../raw-request.ts';
import { type Findings, present, type Row, ratio, sample } from '../result.ts';
import type { Stage } from '../stage.ts';

/** More than any contestant can do, so that none runs out of requests. */
const MAX_HASHES_PER_SECOND = 60;
const MAX_LOGOUTS_PER_SECOND = 5000;
/** Users who log in, each from an address of their own. */
const USERS = 1000;
/** Seconds. During the first few hundred logins V8 still compiles, for most of a millisecond each. */
const WARM_UP = 40;
/** Factor for the higher cost, which yields fewer responses. */
const LONGER = 2;

type Figures = Pick<StreamResult, 'perSecond'> & Partial<Pick<StreamResult, 'p50' | 'p99'>> & { cpu?: number };

/** Login, registration, logout and reset at full speed. */
export async function measure(stage: Stage): Promise<Findings> {
  const { seconds } = stage.options;
  const at10 = new Runs(await openOurs(stage, 10), OURS, seconds);
  const at12 = new Runs(await openOurs(stage, 12), OURS, seconds * LONGER);
  const them = await betterAuth(stage, (await stage.database('sqlite')) as BenchDatabase);
  const theirs = new Runs(them, betterAuthAt(them.running.url), seconds);
  const raw = (cost: number, seconds: number) => async () => ({ perSecond: rawBcrypt(cost, seconds) });
  const both = (run: (runs: Runs) => Promise<Figures>) => [
    ['Bienvenue', () => run(at10)] as const,
    ['better-auth (scrypt)', () => run(theirs)] as const,
  ];

  for (const runs of [at10, at12, theirs]) await runs.login(WARM_UP);
  const logins = await stage.inTurns(new Map([...both(runs => runs.login()), ['raw bcrypt', raw(10, seconds)]]));
  const atHighCost = await stage.inTurns(
    new Map([
      ['Bienvenue', () => at12.login()],
      ['raw bcrypt', raw(12, seconds * LONGER)],
    ]),
  );
  const others = {
    register: await stage.inTurns(new Map(both(runs => runs.register()))),
    logout: await stage.inTurns(new Map(both(runs => runs.logout()))),
    'reset, with the token from the mail': await stage.inTurns(new Map(both(runs => runs.reset()))),
  };
  const all = { 'login, cost 10': logins, 'login, cost 12': atHighCost, ...others };
  const rows = Object.entries(all).flatMap(([verb, seen]) =>
    [...seen].map(([name, each]) => row(`${verb}: ${name}`, each)),
  );
  return {
    tables: [{ title: 'Credentials', columns: ['a second', 'p50 ms', 'p99 ms', 'CPU ms'], rows }],
    ratios: present({ 'login/bcrypt': overRaw(logins), 'login/bcrypt/12': overRaw(atHighCost) }),
  };
}

/** With a mail server, because a reset sends a mail. */
async function openOurs(stage: Stage, cost: number): Promise<Contestant> {
  const sink = await MailSink.onFreePort();
  await sink.behave('accepts');
  stage.atEnd(() => sink.behave('is not there'));
  return ours(stage, (await stage.database('sqlite')) as BenchDatabase, {
    BIENVENUE_BCRYPT_COST: String(cost),
    ...BEHIND_A_PROXY,
    BIENVENUE_EXPOSE_RESET_TOKEN: 'on',
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    MAIL_FROM: 'bienvenue@example.org',
  });
}

/** One server's operations under load. Whatever works only once is prepared outside the measured time. */
class Runs {
  private readonly contestant: Contestant;
  private readonly dialect: Dialect;
  private readonly seconds: number;

  constructor(contestant: Contestant, dialect: Dialect, seconds: number) {
    this.contestant = contestant;
    this.dialect = dialect;
    this.seconds = seconds;
  }

  login(seconds = this.seconds): Promise<Figures> {
    return this.run(Array(USERS).fill(this.dialect.login), { connections: 4 }, seconds);
  }

  register(): Promise<Figures> {
    const emails = Array.from({ length: this.countFor(MAX_HASHES_PER_SECOND) }, () => `${randomUUID()}@example.org`);
    return this.run(emails.map(this.dialect.register), { connections: 4, once: true });
  }

  logout(): Promise<Figures> {
    return this.run(this.seed(MAX_LOGOUTS_PER_SECOND).map(this.dialect.logout), { connections: 32, once: true });
  }

  async reset(): Promise<Figures> {
    const operations = await this.dialect.resets(this.contestant, this.seed(MAX_HASHES_PER_SECOND));
    return this.run(operations, { connections: 4, once: true });
  }

  private seed(perSecond: number) {
    return this.dialect.seed(this.contestant.place?.file ?? '', this.countFor(perSecond));
  }

  private countFor(perSecond: number): number {
    return Math.ceil(perSecond * this.seconds) + 8;
  }

  private async run(
    operations: Operation[],
    how: { connections: number; once?: true },
    seconds = this.seconds,
  ): Promise<Figures> {
    const { running } = this.contestant;
    const requests = fromSeparateAddresses(operations).map(operation => rawRequest(running.url, operation));
    const { streams, serverSeconds } = await load(running, seconds, [{ requests, ...how }]);
    const [seen] = streams as [StreamResult];
    return { ...seen, cpu: (serverSeconds * 1000) / seen.responses };
  }
}

function rawBcrypt(cost: number, seconds: number): number {
  const [command = '', ...args] = [
    ...pinned(0),
    process.execPath,
    'bench/raw-bcrypt.ts',
    String(cost),
    String(seconds),
  ];
  return Number(spawnSync(command, args, { encoding: 'utf8' }).stdout);
}

function overRaw(seen: Map<string, Figures[]>) {
  const rate = (name: string) => seen.get(name)?.map(each => each.perSecond);
  return ratio(rate('Bienvenue'), rate('raw bcrypt'));
}

function row(name: string, rounds: Figures[]): Row {
  const of = (figure: keyof Figures) => {
    const values = rounds.map(each => each[figure]).filter(value => value !== undefined);
    return values.length > 0 ? sample(values) : undefined;
  };
  return {
    name,
    cells: present({ 'a second': of('perSecond'), 'p50 ms': of('p50'), 'p99 ms': of('p99'), 'CPU ms': of('cpu') }),
  };
}
