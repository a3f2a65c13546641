import { pino } from 'pino';
import { MINUTE, systemClock } from './clock.ts';
import { type LogDestination, standardOutput } from './log-destination.ts';
import type { LogLevel } from './log-level.ts';
import { isError } from './node.ts';
import { printable } from './printable.ts';

/** Every field that a log line may have: a field that is not listed cannot be logged. */
export interface LogFields {
  requestId?: string;
  method?: string;
  /** The route's path, never the one that a client sent. */
  path?: string;
  status?: number;
  /** Duration in milliseconds. */
  ms?: number;
  /** Root fields of the GraphQL document, by their names in the schema. */
  operation?: string;
  /** The error code that the client received. */
  code?: string;
  /** Class and code of an error; never its message, which may quote data. */
  error?: string;
  /** The line of code that threw it. */
  at?: string;
  url?: string;
  /** The part of the service that a warning is about, such as `rate limits` or `mail`. */
  part?: string;
  /** The server that this part depends on, without credentials. */
  host?: string;
  /** Id of a mail in the outbox, and its kind. */
  mail?: string;
  kind?: string;
  attempt?: number;
  migration?: string;
  signal?: string;
  connections?: number;
  version?: string;
  /** Which of several workers, counted from 1, and its process. */
  worker?: number;
  pid?: number;
  exitCode?: number;
}

/** What the service logs to. A host program may pass its own to `createAuth`; `console` has the right shape. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Resolves when buffered lines are written, or cannot be. */
  flush?(): Promise<void>;
}

/**
 * Logs one JSON line per event to stdout, or readable lines to a terminal. `base`: fields of every line.
 * Logging never throws: lines that cannot be written are dropped.
 */
export function createLog(
  level: LogLevel,
  destination: LogDestination = standardOutput(),
  base: Pick<LogFields, 'worker'> | null = null,
): Log {
  const formatters = { level: (label: string) => ({ level: label }), log: cleanFields };
  const logger = pino({ level, base, timestamp, formatters }, destination);
  return {
    debug: (message, fields) => logger.debug(fields, clean(message)),
    info: (message, fields) => logger.info(fields, clean(message)),
    warn: (message, fields) => logger.warn(fields, clean(message)),
    error: (message, fields) => logger.error(fields, clean(message)),
    flush: async () => destination.flush?.(),
  };
}

let lastInstant = 0;
let lastTimestamp = '';

/** ISO 8601, formatted once per millisecond: with pino's own `isoTime` a line takes half as long again. */
function timestamp(): string {
  const now = systemClock.now().getTime();
  if (now !== lastInstant) lastTimestamp = `,"time":"${new Date(now).toISOString()}"`;
  lastInstant = now;
  return lastTimestamp;
}

/** Logs warnings that any client can cause: at most one a minute. */
export function warnOncePerMinute(log: Log): Log['warn'] {
  let next = 0;
  return (message, fields) => {
    if (performance.now() < next) return;
    next = performance.now() + MINUTE;
    log.warn(message, fields);
  };
}

const MAX_FIELD_LENGTH = 1024;
/** Nearly every value matches this, and it is fast to test. */
const PRINTABLE_ASCII = /^[ -~]*$/;

function clean(text: string): string {
  if (text.length <= MAX_FIELD_LENGTH && PRINTABLE_ASCII.test(text)) return text;
  return printable(text.slice(0, MAX_FIELD_LENGTH)).slice(0, MAX_FIELD_LENGTH);
}

function cleanFields(fields: Record<string, unknown>): Record<string, unknown> {
  const cleaned: Record<string, unknown> = {};
  // Not Object.entries, which makes a line take a fifth longer.
  for (const name in fields) {
    const value = fields[name];
    cleaned[name] = typeof value === 'string' ? clean(value) : value;
  }
  return cleaned;
}

/** Describes an error without its message, because drivers quote data in messages. */
export function describeError(error: unknown): Pick<LogFields, 'error' | 'at'> {
  if (!isError(error)) return { error: typeof error };
  const code = 'code' in error && /^\w{1,40}$/.test(String(error.code)) ? ` ${error.code}` : '';
  const frames = (error.stack ?? '').split('\n').filter(line => /^\s+at .*:\d+:\d+\)?$/.test(line));
  const own = frames.find(line => !line.includes('node_modules') && !line.includes('node:')) ?? frames[0];
  const cause = isError(error.cause) ? `, caused by ${describeError(error.cause).error}` : '';
  return { error: `${error.name}${code}${cause}`, at: own?.replace(/^\s+at /, '').replace(/.*\((.*)\)$/, '$1') };
}
