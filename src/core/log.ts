import { LOG_LEVELS, type LogLevel } from '../config.ts';
import { type LogOutput, standardOutput } from '../server/log-output.ts';
import { systemClock } from './clock.ts';
import { isError } from './node.ts';

/** All that a log line may hold. What is not named here cannot be logged. */
export interface LogFields {
  requestId?: string;
  method?: string;
  path?: string;
  status?: number;
  ms?: number;
  /** Root fields of the GraphQL document, by their names in the schema. */
  operation?: string;
  code?: string;
  /** Class and code of an error, and where in our own code it came from; never its message, which may quote data. */
  error?: string;
  at?: string;
  url?: string;
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

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Writes out what is still in memory. */
  flush(): void;
}

const LONGEST_FIELD = 1024;
/** Controls, line separators, and what turns the direction of text: with them a caller could forge or hide a line. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Nearly all that is logged is this harmless, and quick to see. */
const PRINTABLE_ASCII = /^[ -~]*$/;

const isClean = (text: string) => text.length <= LONGEST_FIELD && PRINTABLE_ASCII.test(text);

function clean(text: string): string {
  if (isClean(text)) return text;
  return text
    .slice(0, LONGEST_FIELD)
    .replace(CONTROL, character => `\\u{${character.codePointAt(0)?.toString(16)}}`)
    .slice(0, LONGEST_FIELD);
}

/** One JSON line an event on stdout, or a readable line where stdout is a terminal. `always` stands in each. */
export function createLog(level: LogLevel, output?: LogOutput, always: Pick<LogFields, 'worker'> = {}): Log {
  const lines = output ?? standardOutput({ shared: always.worker !== undefined });
  const least = LOG_LEVELS.indexOf(level);
  const nothing = () => {};
  const writer = (name: Exclude<LogLevel, 'silent'>): Log['info'] =>
    LOG_LEVELS.indexOf(name) < least
      ? nothing
      : (message, fields = {}) =>
          lines.write(
            `${JSON.stringify({ level: name, time: timestamp(), ...always, ...cleanFields(fields), msg: clean(message) })}\n`,
          );
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    flush: () => lines.flushSync?.(),
  };
}

let lastInstant = 0;
let lastTimestamp = '';

/** ISO 8601, worked out once a millisecond: under load many lines share one. */
function timestamp(): string {
  const now = systemClock.now().getTime();
  if (now !== lastInstant) lastTimestamp = new Date(now).toISOString();
  lastInstant = now;
  return lastTimestamp;
}

/** What can be said of an error without quoting it: drivers put data into messages. */
export function describeError(error: unknown): Pick<LogFields, 'error' | 'at'> {
  if (!isError(error)) return { error: typeof error };
  const code = 'code' in error && /^\w{1,40}$/.test(String(error.code)) ? ` ${error.code}` : '';
  const frames = (error.stack ?? '').split('\n').filter(line => /^\s+at .*:\d+:\d+\)?$/.test(line));
  const own = frames.find(line => !line.includes('node_modules') && !line.includes('node:')) ?? frames[0];
  const cause = isError(error.cause) ? `, caused by ${describeError(error.cause).error}` : '';
  return { error: `${error.name}${code}${cause}`, at: own?.replace(/^\s+at /, '').replace(/.*\((.*)\)$/, '$1') };
}

/** Copied only where something has to be changed. */
function cleanFields(fields: LogFields): LogFields {
  let name: keyof LogFields;
  for (name in fields) {
    const value = fields[name];
    if (typeof value === 'string' && !isClean(value)) return copyCleaned(fields);
  }
  return fields;
}

function copyCleaned(fields: LogFields): LogFields {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? clean(value) : value,
  ]);
  return Object.fromEntries(entries);
}
