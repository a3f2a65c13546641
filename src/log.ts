import { Writable } from 'node:stream';
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';
import { systemClock } from './ports/clock.ts';

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
export function createLog(level: LogLevel, stream?: DestinationStream, always: Pick<LogFields, 'worker'> = {}): Log {
  const logger = pino(
    { level, base: always, timestamp: timestamps(), formatters: { level: label => ({ level: label }) } },
    stream ?? standardOutput(always.worker === undefined ? MOST_AT_ONCE : MOST_IN_ONE_PIECE),
  );
  return {
    debug: (message, fields) => write(logger, 'debug', message, fields),
    info: (message, fields) => write(logger, 'info', message, fields),
    warn: (message, fields) => write(logger, 'warn', message, fields),
    error: (message, fields) => write(logger, 'error', message, fields),
    flush: () => logger.flush(),
  };
}

/** ISO 8601, worked out once a millisecond: under load many lines share one. */
function timestamps(): () => string {
  let last = 0;
  let text = '';
  return () => {
    const now = systemClock.now().getTime();
    if (now !== last) text = `,"time":"${new Date(now).toISOString()}"`;
    last = now;
    return text;
  };
}

/** What can be said of an error without quoting it: drivers put data into messages. */
export function describe(error: unknown): Pick<LogFields, 'error' | 'at'> {
  if (!Error.isError(error)) return { error: typeof error };
  const code = 'code' in error && /^\w{1,40}$/.test(String(error.code)) ? ` ${error.code}` : '';
  const frames = (error.stack ?? '').split('\n').filter(line => /^\s+at .*:\d+:\d+\)?$/.test(line));
  const own = frames.find(line => !line.includes('node_modules') && !line.includes('node:')) ?? frames[0];
  const cause = Error.isError(error.cause) ? `, caused by ${describe(error.cause).error}` : '';
  return { error: `${error.name}${code}${cause}`, at: own?.replace(/^\s+at /, '').replace(/.*\((.*)\)$/, '$1') };
}

function write(logger: Logger, level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: LogFields = {}) {
  if (!logger.isLevelEnabled(level)) return;
  logger[level](cleanFields(fields), clean(message));
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

function standardOutput(maxWrite: number): DestinationStream {
  return process.stdout.isTTY ? readableLines(process.stdout) : backgroundLines(maxWrite);
}

/** How much may wait, in bytes, for a disk that is full or a reader that stands still. Lines beyond it are lost. */
const MOST_WAITING = 4 * 1024 * 1024;
/** One write a turn of the event loop has to take the lines of all requests that the turn answered. */
const MOST_AT_ONCE = 64 * 1024;
/** Workers share a pipe, and Linux keeps no more than that in one piece. Whole lines, some ten of them. */
const MOST_IN_ONE_PIECE = 4096;

/** Written beside the work. What cannot be written is tried again with the next line, and never a reason to end. */
function backgroundLines(maxWrite: number): DestinationStream {
  const stream = destination({ dest: 1, sync: false, maxLength: MOST_WAITING, maxWrite });
  const { flushSync } = stream;
  // Nor a reason not to end: on its way out it would try to write the last lines for ever.
  stream.on('error', () => {
    stream.flushSync = () => {};
  });
  stream.on('write', () => {
    stream.flushSync = flushSync;
  });
  return stream;
}

function readableLines(terminal: NodeJS.WritableStream): DestinationStream {
  return new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      const { time, level, msg, ...fields } = JSON.parse(line);
      const rest = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
      terminal.write(`${[time.slice(11, 19), level.padEnd(5), msg, ...rest].join(' ')}\n`);
      done();
    },
  });
}
