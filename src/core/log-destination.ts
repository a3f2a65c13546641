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
  stdout ??= process.stdout.isTTY ? new TerminalDestination(process.stdout) : new BackgroundDestination();
  return stdout;
}

/**
 * Writes in the background, several lines at a time. A failed write is retried with the next lines and never ends the
 * process. At the end of the process use flush(): SonicBoom's flushSync retries for ever on a full disk.
 */
class BackgroundDestination implements LogDestination {
  private readonly file = new sonic.SonicBoom({
    fd: 1,
    sync: false,
    minLength: MIN_WRITE,
    maxWrite: MAX_WRITE,
    maxLength: MAX_BUFFERED,
    periodicFlush: FLUSH_INTERVAL_MS,
  });

  constructor() {
    this.file.on('error', () => {});
  }

  write(line: string): void {
    this.file.write(line);
  }

  /** Twice: SonicBoom's flush ends with the write in flight, which may leave the lines that came after it. */
  async flush(): Promise<void> {
    await this.flushOnce();
    await this.flushOnce();
  }

  private flushOnce(): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, FLUSH_TIMEOUT_MS);
      this.file.flush(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** Readable lines for a person at a terminal. */
class TerminalDestination implements LogDestination {
  constructor(private readonly terminal: NodeJS.WritableStream) {}

  write(line: string): void {
    const { time, level, msg, ...fields } = JSON.parse(line);
    const rest = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
    this.terminal.write(`${[time.slice(11, 19), level.padEnd(5), msg, ...rest].join(' ')}\n`);
  }
}
