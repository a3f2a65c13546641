import { setTimeout as sleep } from 'node:timers/promises';
import sonic from 'sonic-boom';

/** Where a log writes its lines, each with its line break. */
export interface LogDestination {
  write(line: string): void;
  /** Resolves when everything is written, or when writing has failed. */
  flush?(): Promise<void>;
}

/** In bytes. Lines beyond it are dropped while the disk is full or the reader of a pipe does not read. */
const MAX_BUFFERED = 4 * 1024 * 1024;
/** Linux writes up to 4,096 bytes to a pipe in one piece: lines of several workers do not get mixed up. */
const MAX_WRITE = 4096;
const MIN_WRITE = 2048;
const FLUSH_INTERVAL_MS = 100;
const FLUSH_TIMEOUT_MS = 500;

let stdout: LogDestination | undefined;

/** Standard output, shared by every log of the process. */
export function standardOutput(): LogDestination {
  stdout ??= process.stdout.isTTY ? terminal(process.stdout) : background();
  return stdout;
}

/**
 * Writes in the background, several lines at a time. A failed write is retried with the next lines and never ends the
 * process. Not pino.destination(): at the end of the process it calls SonicBoom's flushSync, which retries for ever on a
 * full disk.
 */
function background(): LogDestination {
  const file = new sonic.SonicBoom({
    fd: 1,
    sync: false,
    minLength: MIN_WRITE,
    maxWrite: MAX_WRITE,
    maxLength: MAX_BUFFERED,
    periodicFlush: FLUSH_INTERVAL_MS,
  });
  file.on('error', () => {});
  const flush = () => Promise.race([new Promise<void>(done => file.flush(() => done())), sleep(FLUSH_TIMEOUT_MS)]);
  return {
    write: line => void file.write(line),
    // Twice: SonicBoom's flush ends with the write in flight, which may leave the lines that came after it.
    flush: () => flush().then(flush),
  };
}

/** Readable lines for a person at a terminal. */
const terminal = (stream: NodeJS.WritableStream): LogDestination => ({
  write(line) {
    const { time, level, msg, ...fields } = JSON.parse(line);
    const rest = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
    stream.write(`${[time.slice(11, 19), level.padEnd(5), msg, ...rest].join(' ')}\n`);
  },
});
