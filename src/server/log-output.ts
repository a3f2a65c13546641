import sonic from 'sonic-boom';

/** Where lines of the log go, each with its line break. */
export interface LogOutput {
  write(line: string): void;
  /** Writes out what is still in memory. */
  flushSync?(): void;
}

let own: LogOutput | undefined;

/** Stdout, the same for every log. `shared`: with other processes, whose lines must not get into the middle of ours. */
export function standardOutput({ shared = false } = {}): LogOutput {
  own ??= process.stdout.isTTY ? new ReadableLines(process.stdout) : new BackgroundLines(shared);
  return own;
}

/** How much may wait, in bytes, for a disk that is full or a reader that stands still. Lines beyond it are lost. */
const MOST_WAITING = 4 * 1024 * 1024;
/** One write takes all lines of a busy turn. */
const MOST_AT_ONCE = 64 * 1024;
/** Linux keeps no more than that of a pipe in one piece. Whole lines, some ten of them. */
const MOST_IN_ONE_PIECE = 4096;

const nothing = () => {};

/** Written beside the work. What cannot be written is tried again with the next line, and never a reason to end. */
class BackgroundLines implements LogOutput {
  private readonly file;
  private readonly most: number;
  private turn = '';
  private busy = false;
  private readonly endOfTurn = () => {
    this.busy = this.turn !== '';
    if (!this.busy) return;
    this.handOver();
    setImmediate(this.endOfTurn);
  };

  constructor(shared: boolean) {
    this.most = shared ? MOST_IN_ONE_PIECE : MOST_AT_ONCE;
    const file = new sonic.SonicBoom({ fd: 1, sync: false, maxLength: MOST_WAITING, maxWrite: this.most });
    const { flushSync } = file;
    // Nor a reason not to end: on its way out it would try to write the last lines for ever.
    file.on('error', ({ code }: NodeJS.ErrnoException) => {
      file.flushSync = nothing;
      // Nobody will read them any more.
      if (code === 'EPIPE') Object.assign(file, { write: nothing });
    });
    file.on('write', () => {
      file.flushSync = flushSync;
    });
    this.file = file;
    process.once('exit', () => this.flushSync());
  }

  /**
   * A line after a silence goes at once, since nobody knows how long this turn of the event loop takes; from then on all
   * lines of a turn go together.
   */
  write(line: string): void {
    if (this.turn.length + line.length > this.most) this.handOver();
    this.turn += line;
    if (this.busy) return;
    this.handOver();
    setImmediate(this.endOfTurn);
    this.busy = true;
  }

  flushSync(): void {
    this.handOver();
    this.file.flushSync();
  }

  private handOver(): void {
    if (this.turn !== '') this.file.write(this.turn);
    this.turn = '';
  }
}

/** For the eyes of a person. */
class ReadableLines implements LogOutput {
  constructor(private readonly terminal: NodeJS.WritableStream) {}

  write(line: string): void {
    const { time, level, msg, ...fields } = JSON.parse(line);
    const rest = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
    this.terminal.write(`${[time.slice(11, 19), level.padEnd(5), msg, ...rest].join(' ')}\n`);
  }
}
