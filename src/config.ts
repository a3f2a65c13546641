import { isIP } from 'node:net';

/** Everything that can be set, checked and frozen. Durations are in milliseconds. */
export interface Config {
  /** Where the server listens. Port 0 takes a free one. */
  readonly host: string;
  readonly port: number;
  /** The origin under which browsers reach the service; links, cookie and origin check come from it. */
  readonly publicUrl: string;
  /** Where the pages live that links in mails open. No slash at the end. */
  readonly appUrl: string;
  readonly database: DatabaseConfig;
  /** Where replicas share the counters of limits; in the database when absent. */
  readonly redisUrl?: string;
  readonly mail: MailConfig;
  readonly logLevel: LogLevel;
  /** Exact origins, beside publicUrl, whose pages may act. */
  readonly allowedOrigins: readonly string[];
  /** CIDR ranges of proxies whose X-Forwarded-For counts. */
  readonly trustedProxies: readonly string[];
  /** Playground and introspection, together. */
  readonly playground: boolean;
  readonly password: PasswordConfig;
  readonly session: { readonly idle: number; readonly lifetime: number };
  readonly resetToken: { readonly lifetime: number };
  readonly cookie: { readonly sameSite: 'lax' | 'none' };
  readonly rateLimits: boolean;
  readonly rest: boolean;
  /** Hands reset tokens to whoever asks over REST, as the exercise did. Loopback only. */
  readonly exposeResetToken: boolean;
  readonly migrate: 'auto' | 'manual';
  /**
   * Processes on this machine that share its cores, and the bounds that are meant for the machine. The stand-alone server
   * starts them; a program that embeds the service starts its own.
   */
  readonly workers: number;
}

export type DatabaseConfig = SqliteDatabase | ServerDatabase;

export interface SqliteDatabase {
  readonly kind: 'sqlite';
  readonly path: string;
}

/** A database server. MariaDB is a MySQL here. */
export interface ServerDatabase {
  readonly kind: 'postgresql' | 'mysql';
  readonly url: string;
  /** Connections that one process has open at most. */
  readonly poolSize: number;
}

/** An SMTP server, or the dev mailbox where `smtpUrl` is absent. */
export interface MailConfig {
  readonly smtpUrl?: string;
  readonly from: string;
}

export interface PasswordConfig {
  /** In Unicode code points. */
  readonly minLength: number;
  readonly bcryptCost: number;
  /** Newest first: the first hashes, all verify. */
  readonly peppers: readonly Pepper[];
}

export interface Pepper {
  readonly id: string;
  readonly secret: string;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Why the settings were refused: one line a fault, each naming the setting and what to do. Never holds a value. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigError';
  }
}

/** The same settings for a server that took a free port: what was derived from the port follows it. */
export function withPort(config: Config, port: number): Config {
  const moved = (url: string) => (url === localhost(config.port) ? localhost(port) : url);
  return freeze({ ...config, port, publicUrl: moved(config.publicUrl), appUrl: moved(config.appUrl) });
}

/** Where it listens, as an address to open. */
export const addressOf = ({ host, port }: Config) => `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

/** This machine, as browsers write it: without the port where it is the usual one. */
export const localhost = (port: number) => new URL(`http://localhost:${port}`).origin;

/** Whether only this very machine can be meant. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host === '::1' || isLoopbackV4(host)
  );
}

const isLoopbackV4 = (host: string) => isIP(host) === 4 && host.startsWith('127.');

/** Nobody changes what was checked. */
export function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (part && typeof part === 'object') freeze(part);
  return Object.freeze(value);
}
