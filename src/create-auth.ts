import type { GraphQLSchema } from 'graphql';
import { BcryptHasher, type Hasher } from './auth/hasher.ts';
import { assertPepperPresent } from './auth/pepper-check.ts';
import type { AppContext } from './auth/request-scope.ts';
import { SessionLookup } from './auth/session-lookup.ts';
import { type Clock, systemClock } from './core/clock.ts';
import { createLog, describeError, type Log } from './core/log.ts';
import { Resources } from './core/resources.ts';
import { openDatabase } from './database.ts';
import type { Services } from './features.ts';
import type { Context } from './graphql/context.ts';
import { pluginWarning } from './graphql/plugin-options.ts';
import { buildSchema } from './graphql/schema.ts';
import { DevMailbox } from './mail/dev-mailbox.ts';
import { MailWorker } from './mail/mail-worker.ts';
import type { Mailer } from './mail/mailer.ts';
import { SmtpMailer } from './mail/smtp-mailer.ts';
import { readTemplateFolder } from './mail/template-folder.ts';
import { type PageOptions, pageOptions } from './options/page-options.ts';
import { type AuthOptions, type Options, resolveOptions } from './options.ts';
import { CleanupJob } from './persistence/cleanup-job.ts';
import { runPendingMigrations } from './persistence/migrations.ts';
import { openRateLimiters } from './rate-limits/open-rate-limiters.ts';
import { cleanupRules, mailTemplates, personalData } from './registry.ts';
import { cookieWarning } from './request/cookie-delivery.ts';
import type { ContextSource } from './request/incoming-request.ts';
import { RequestContexts } from './request/request-context.ts';

/** Parts that a host program or a test can replace. Closing a replaced part is up to the program that created it. */
export interface Dependencies {
  /** Source of the time; the system clock by default. */
  clock: Clock;
  /** Hashes passwords; `BcryptHasher` by default. */
  hasher: Hasher;
  /** Sends mails; with one, the options `smtpUrl` and `mailFrom` are not needed. */
  mailer: Mailer;
  /** Receives the log; JSON lines on stdout by default. */
  log: Log;
}

/** A running authentication service. */
export interface Auth {
  /** The GraphQL schema with its resolvers. They need a context made by `context()`. */
  readonly schema: GraphQLSchema;
  /** Where the service logs; the plugins for GraphQL servers log there as well. */
  readonly log: Log;
  /** The options that the account pages show; none of them is a secret. */
  readonly pageOptions: PageOptions;
  /** Holds the mails when no mail server is configured. */
  readonly devMailbox?: DevMailbox;
  /**
   * Makes the context of a request: `{ req, res }` of Node.js, `{ req }` of a WebSocket upgrade, or
   * `{ request, responseHeaders }` of the Fetch standard. Without a response no cookie can be set, and a sign-in with
   * transport COOKIE is refused. Throws an error with HTTP status 403 for a request from a foreign origin, 400 for one
   * with two session tokens, and UNAVAILABLE when the database does not respond.
   */
  context(source: ContextSource): Promise<Context<Services>>;
  /**
   * Calls the services from a program, in one transaction, which is rolled back when the job throws. Limits per network
   * address do not apply. Resolves with what the job returns.
   */
  work<T>(job: (services: Services) => Promise<T>): Promise<T>;
  /** Resolves when the database responds, and rejects when it does not. */
  ping(): Promise<void>;
  /** Runs the pending background work now: sends due mails, writes last uses of sessions, deletes expired rows. */
  settle(): Promise<void>;
  /** Stops the background work and closes the database. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens the database, runs pending migrations and starts the background work. When a step fails, everything that was
 * opened before it is closed again.
 * @throws ConfigError when options, the templates of mails or the logo are wrong
 * @throws PendingMigrationsError when migrations are pending and `migrate` is `manual`
 * @throws an error that starts with `DATABASE_URL:` when the database cannot be opened or used
 */
export async function createAuth(options: AuthOptions = {}, dependencies: Partial<Dependencies> = {}): Promise<Auth> {
  const resolved = resolveOptions(options, { ownMailer: dependencies.mailer !== undefined });
  const resources = new Resources();
  try {
    return await start(resolved, dependencies, resources);
  } catch (error) {
    await resources.close().catch(() => {});
    throw error;
  }
}

async function start(options: Options, dependencies: Partial<Dependencies>, resources: Resources): Promise<Auth> {
  const clock = dependencies.clock ?? systemClock;
  const log = dependencies.log ?? createLog(options.logLevel);
  const mails = await readTemplateFolder(options.mailTemplates, mailTemplates);
  const pages = await pageOptions(options);
  const database = resources.add(await openDatabase(options), database => database.close());
  for (const migration of await runPendingMigrations(database, options)) log.info('migrated', { migration });
  await assertPepperPresent(database.orm.em.fork(), options, clock);
  const warning = await cookieWarning(options);
  if (warning) log.warn(warning);

  const rateLimiters = resources.add(await openRateLimiters(options, clock, log), limiters => limiters.close());
  const logLostLastUses = (error: unknown) => log.warn('last uses of sessions not written', describeError(error));
  const sessions = resources.add(new SessionLookup(database, options, clock, logLostLastUses), sessions =>
    sessions.flush().catch(logLostLastUses),
  );
  const hasher = dependencies.hasher ?? resources.add(createHasher(options), hasher => hasher.close());
  const cleanupJob = resources.add(new CleanupJob(database, cleanupRules, clock, log), job => job.stop());
  const mailer = dependencies.mailer ?? resources.add(createMailer(options, clock), mailer => mailer.close());
  const mailParts = { database, mailer, clock, log, options, ...mails };
  const mailWorker = resources.add(new MailWorker(mailParts), worker => worker.stop());

  const { rateLimiterFor } = rateLimiters;
  const notifyMailWorker = () => mailWorker.notify();
  const app: AppContext = { options, clock, log, hasher, rateLimiterFor, notifyMailWorker, personalData };
  const contexts = new RequestContexts(app, database, sessions);
  const schema = await buildSchema();
  mailWorker.start();
  cleanupJob.start();
  const warnWithoutPlugin = pluginWarning(log);
  const auth: Auth = {
    schema,
    log,
    pageOptions: pages,
    ...(mailer instanceof DevMailbox && { devMailbox: mailer }),
    context(source) {
      warnWithoutPlugin(auth);
      return contexts.create(source);
    },
    work: job => contexts.work(job),
    ping: () => database.ping(),
    async settle() {
      await sessions.flush();
      await mailWorker.deliver();
      await cleanupJob.deleteExpired();
    },
    close: () => resources.close(),
  };
  return auth;
}

/** Cheap to create: the hash threads start with the first hash. */
const createHasher = ({ bcryptCost, workers }: Options) => new BcryptHasher({ cost: bcryptCost, workers });

const createMailer = ({ smtpUrl, mailFrom }: Options, clock: Clock): Mailer =>
  smtpUrl ? new SmtpMailer({ url: smtpUrl, from: mailFrom }) : new DevMailbox(clock);
