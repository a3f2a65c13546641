import type { Hasher } from '../../src/auth/hasher.ts';
import { createLog } from '../../src/core/log.ts';
import { type Auth, createAuth, type Dependencies } from '../../src/create-auth.ts';
import { QueryFastPath } from '../../src/http/query-fast-path.ts';
import { type DevMail, DevMailbox } from '../../src/mail/dev-mailbox.ts';
import type { Environment } from '../../src/options/environment.ts';
import { optionsFromEnvironment } from '../../src/options/environment.ts';
import type { Options } from '../../src/options.ts';
import { HttpServer } from '../../src/server/http-server.ts';
import { Browser, type BrowserOptions } from './browser.ts';
import { cleanDatabase } from './databases/new-database.ts';
import type { TestDatabase } from './databases/test-database.ts';
import { UnboundedHasher } from './hasher.ts';
import { LOGIN, REGISTER, REQUEST_PASSWORD_RESET } from './operations.ts';

export { Browser, sessionOf } from './browser.ts';
export * from './operations.ts';

import { type Clock, DAY, HOUR, MINUTE, SECOND } from '../../src/core/clock.ts';

/** A user to test with. */
export interface Person {
  email: string;
  password: string;
  name?: string;
}

export const ada: Person = { email: 'ada@example.org', password: 'correct horse battery staple', name: 'Ada' };
export const bob: Person = { email: 'bob@example.org', password: 'wrong zebra capacitor nail', name: 'Bob' };

export interface AppOptions {
  /** Options beside those that every test has, as environment variables. */
  env?: Environment;
  ports?: Partial<Dependencies>;
  /** Serves frequent queries without Apollo. */
  queryFastPath?: QueryFastPath;
  /** A database that is kept when the app is closed. By default the app has a temporary one. */
  database?: TestDatabase;
}

/** Real bcrypt, at a cost that the options would refuse: tests make hundreds of hashes, and none depends on the cost. */
export const fastHasher = (cost = 4): Hasher => new UnboundedHasher(cost);

/** Starts the service on a free port with a real database, a clock that the test moves, and a mailbox. */
export async function startApp({
  env = {},
  ports = {},
  queryFastPath = new QueryFastPath(),
  database: kept,
}: AppOptions = {}): Promise<TestApp> {
  const database = kept ?? (await cleanDatabase());
  const settings = optionsFromEnvironment({ PORT: '0', DATABASE_URL: database.url, LOG_LEVEL: 'trace', ...env });
  const lines: string[] = [];
  const log = createLog(settings.logLevel, { write: line => void lines.push(line) });
  const clock = (ports.clock as TestClock) ?? new TestClock();

  const server = new HttpServer(log);
  const options = await server.listen(settings);
  const mailer = options.smtpUrl ? undefined : new DevMailbox(clock);
  const parts = { clock, log, hasher: fastHasher(), ...(mailer && { mailer }), ...ports };
  const auth = await createAuth(options, parts).catch(async error => {
    await server.stop({ drainDelay: 0 });
    if (!kept) await database.drop();
    throw error;
  });
  await server.open(auth, options, queryFastPath);
  const keep = kept !== undefined;
  return new TestApp({ auth, server, options, clock, lines, database, keep, url: `http://localhost:${options.port}` });
}

interface AppParts {
  auth: Auth;
  server: HttpServer;
  options: Options;
  clock: TestClock;
  lines: string[];
  database: TestDatabase;
  keep: boolean;
  url: string;
}

export class TestApp {
  readonly auth: Auth;
  readonly options: Options;
  readonly clock: TestClock;
  readonly url: string;
  /** The lines of the log. */
  readonly lines: string[];
  readonly database: TestDatabase;
  private readonly server: HttpServer;
  private readonly keep: boolean;

  constructor({ auth, server, options, clock, lines, database, keep, url }: AppParts) {
    this.auth = auth;
    this.server = server;
    this.options = options;
    this.clock = clock;
    this.lines = lines;
    this.database = database;
    this.keep = keep;
    this.url = url;
  }

  browser(options?: BrowserOptions): Browser {
    return new Browser(this.url, this.auth.schema, options);
  }

  /** Registers a user, and sends the mail of that unless it goes to a mail server. Returns the browser with the session. */
  async register(person: Person): Promise<Browser> {
    const browser = this.browser();
    const { errors } = await browser.send(REGISTER, { ...person });
    if (errors) throw new Error(`${person.email} could not register: ${JSON.stringify(errors)}`);
    if (this.auth.devMailbox) await this.auth.settle();
    return browser;
  }

  /** Logs in. Returns the browser with the session. */
  async login({ email, password }: Person): Promise<Browser> {
    const browser = this.browser();
    const { errors } = await browser.send(LOGIN, { email, password });
    if (errors) throw new Error(`${email} could not log in: ${JSON.stringify(errors)}`);
    return browser;
  }

  /** All mails so far, newest first, except those that ask to verify an address: every registration sends one. */
  async mails(): Promise<readonly DevMail[]> {
    return (await this.allMails()).filter(mail => !isVerification(mail));
  }

  /** The mails that ask to verify an address, newest first. */
  async verificationMails(): Promise<readonly DevMail[]> {
    return (await this.allMails()).filter(isVerification);
  }

  /** All mails so far, newest first. */
  async allMails(): Promise<readonly DevMail[]> {
    await this.auth.settle();
    return this.auth.devMailbox?.mails ?? [];
  }

  /** Requests a password reset and returns the token from the mail. */
  async resetToken(email: string): Promise<string> {
    await this.browser().send(REQUEST_PASSWORD_RESET, { email });
    const [mail] = await this.mails();
    return tokenIn(mail);
  }

  /** Rows as stored in the database. */
  rows(sql: string, ...parameters: unknown[]): ReturnType<TestDatabase['rows']> {
    return this.database.rows(sql, ...parameters);
  }

  /** All values of all tables. */
  dump(): Promise<unknown[]> {
    return this.database.dump();
  }

  /** Stops the service and drops its database, unless that was passed in. */
  async close(): Promise<void> {
    await this.server.stop({ drainDelay: 0 });
    if (!this.keep) await this.database.drop();
  }
}

const isVerification = ({ text }: DevMail) => text.includes('/verify-email?token=');

/** The token in a mail's link. */
export function tokenIn(mail: { text: string } | undefined): string {
  const [, token] = /\?token=([A-Za-z0-9_-]+)/.exec(mail?.text ?? '') ?? [];
  if (!token) throw new Error('there is no mail with a token');
  return token;
}

let count = 0;

/** A user that no other test of the file has. */
export function newPerson(): Person {
  count += 1;
  return { email: `user${count}@example.org`, password: 'correct horse battery staple', name: 'A User' };
}

/** A clock that only moves by `advance`. */
export class TestClock implements Clock {
  private time = Date.UTC(2026, 0, 15, 12);

  now(): Date {
    return new Date(this.time);
  }

  advance({ days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0 }): void {
    this.time += days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + ms;
  }
}
