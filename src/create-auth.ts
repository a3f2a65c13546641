import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { authMails } from './auth/auth.mails.ts';
import { BcryptHasher, type Hasher } from './auth/hasher.ts';
import { Passwords } from './auth/passwords.ts';
import { SessionLookup } from './auth/session-lookup.ts';
import type { Config } from './config.ts';
import { type Clock, systemClock } from './core/clock.ts';
import { createLog, describeError, type Log } from './core/log.ts';
import { type Context, type Exchange, RequestContext } from './graphql/context.ts';
import { buildSchema } from './graphql/schema.ts';
import { DevMailbox } from './mail/dev-mailbox.ts';
import { MailWorker } from './mail/mail-worker.ts';
import type { Mailer } from './mail/mailer.ts';
import { SmtpMailer } from './mail/smtp-mailer.ts';
import { CleanupJob } from './persistence/cleanup-job.ts';
import { type Database, openDatabase, runPendingMigrations } from './persistence/database.ts';
import { openRateLimiters, type RateLimiters } from './rate-limits/open-rate-limiter.ts';
import { type ClientInfo, localClient, readClientInfo, trustedProxyList } from './request/client-info.ts';
import { type CookieFormat, cookieFormat, cookieValue, SessionCookie } from './request/cookies.ts';
import { HttpError } from './request/error-response.ts';
import { buildServices, type Household, type Services } from './services.ts';

/** What differs in a test comes in from outside. */
export interface Ports {
  clock: Clock;
  hasher: Hasher;
  mailer: Mailer;
  log: Log;
}

/** The house, put together. */
export interface Auth {
  /** The GraphQL schema with its resolvers; they want a context made by `context`. */
  readonly schema: GraphQLSchema;
  /** The mails that were not sent, where there is no mail server. */
  readonly devMailbox?: DevMailbox;
  /** Reads who asks off a request. Throws where the request must be refused, or the database does not answer. */
  context(exchange: Exchange): Promise<Context>;
  /** Calls the services from a program, with an EntityManager of its own. */
  work<T>(job: (services: Services) => Promise<T>): Promise<T>;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  /** Finishes what runs after the answers: mails that are due, last uses, rows that are over. */
  settle(): Promise<void>;
  /** Stops what runs beside the answers, and closes the database. */
  close(): Promise<void>;
}

/** Opens the database, brings its tables up to date, and puts the house together. */
export async function createAuth(config: Config, ports: Partial<Ports> = {}): Promise<Auth> {
  const clock = ports.clock ?? systemClock;
  const log = ports.log ?? createLog(config.logLevel);
  // Its threads start with the first hash: where another is given, this one costs nothing.
  const ownHasher = new BcryptHasher({ cost: config.password.bcryptCost, workers: config.workers });
  const mailer = ports.mailer ?? createMailer(config, clock);
  const database = await openDatabase(config);
  try {
    for (const migration of await runPendingMigrations(database, config)) log.info('migrated', { migration });
  } catch (error) {
    await database.close();
    throw error;
  }

  const limiters = await openRateLimiters(config, clock, log);
  const mailWorker = new MailWorker({
    database,
    mailer,
    clock,
    log,
    write: authMails(config, clock),
    domain: new URL(config.publicUrl).hostname,
  });
  mailWorker.start();
  const cleanupJob = new CleanupJob(database, clock, log);
  cleanupJob.start();
  const passwords = new Passwords(ports.hasher ?? ownHasher, config.password);
  const { rateLimiterFor } = limiters;
  const notifyMailWorker = () => mailWorker.notify();
  const household = { config, clock, log, passwords, rateLimiterFor, notifyMailWorker };
  return new House({ ...household, ownHasher, database, limiters, mailWorker, cleanupJob, mailer });
}

interface HouseParts extends Household {
  /** One that came in from outside is closed by who made it. */
  ownHasher: BcryptHasher;
  database: Database;
  limiters: RateLimiters;
  mailWorker: MailWorker;
  cleanupJob: CleanupJob;
  mailer: Mailer;
}

class House implements Auth {
  readonly schema = buildSchema();
  readonly devMailbox?: DevMailbox;
  private readonly sessions: SessionLookup;
  private readonly cookie: CookieFormat;
  private readonly trustedProxies;

  constructor(private readonly parts: HouseParts) {
    const { config, database, clock, mailer } = parts;
    this.sessions = new SessionLookup(database, config.session, clock, error => this.lastUsesLost(error));
    this.cookie = cookieFormat(config);
    this.trustedProxies = trustedProxyList(config.trustedProxies);
    if (mailer instanceof DevMailbox) this.devMailbox = mailer;
  }

  async context({ req, res, requestId = randomUUID() }: Exchange): Promise<Context> {
    // Now, while the connection certainly stands: afterwards its address may be gone, and a limit with it.
    const peer = req.socket.remoteAddress;
    const { token, fromCookie } = presentedToken(req.headers, this.cookie.name);
    const session = token === undefined ? null : await this.sessions.find(token);
    const cookie = new SessionCookie(this.cookie, res, () => this.parts.clock.now(), fromCookie);
    if (!session) cookie.clearStale();
    return new RequestContext({
      session,
      cookie,
      requestId,
      buildServices: () => {
        const caller = readClientInfo(peer, req.headers, this.trustedProxies);
        return this.services({ ...caller, devices: cookieValue(req.headers.cookie, this.cookie.devices) }, session);
      },
    });
  }

  work<T>(job: (services: Services) => Promise<T>): Promise<T> {
    return job(this.services(localClient, null));
  }

  ping(): Promise<void> {
    return this.parts.database.ping();
  }

  async settle(): Promise<void> {
    await this.sessions.flush();
    await this.parts.mailWorker.deliver();
    await this.parts.cleanupJob.deleteExpired();
  }

  async close(): Promise<void> {
    await this.parts.mailWorker.stop();
    await this.parts.cleanupJob.stop();
    await this.parts.ownHasher.close();
    await this.sessions.flush().catch(error => this.lastUsesLost(error));
    this.parts.limiters.close();
    await this.parts.database.close();
  }

  private lastUsesLost(error: unknown): void {
    this.parts.log.warn('last uses not written', describeError(error));
  }

  private services(caller: ClientInfo, session: Context['session']): Services {
    const em = this.parts.database.orm.em.fork({ useContext: true });
    return buildServices(this.parts, em, caller, session);
  }
}

const BEARER = /^Bearer(?: +(\S+))? *$/i;

/** The token that a request carries. Two at once are refused: which of them counts must not be a matter of luck. */
function presentedToken(headers: IncomingHttpHeaders, cookieName: string): { token?: string; fromCookie: boolean } {
  const cookie = cookieValue(headers.cookie, cookieName);
  // What a proxy in front asks for, as Basic, is none of ours.
  const bearer = BEARER.exec(headers.authorization ?? '');
  if (!bearer) return { token: cookie, fromCookie: cookie !== undefined };
  if (cookie !== undefined) throw new HttpError(400, 'Send the session by cookie or by Authorization, not both.');
  return { token: bearer[1], fromCookie: false };
}

const createMailer = ({ mail }: Config, clock: Clock): Mailer =>
  mail.smtpUrl ? new SmtpMailer({ url: mail.smtpUrl, from: mail.from }) : new DevMailbox(clock);
