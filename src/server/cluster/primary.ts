import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MINUTE, SECOND, systemClock } from '../../core/clock.ts';
import { createLog, type Log } from '../../core/log.ts';
import { version } from '../../core/package.ts';
import { type DevMail, DevMailbox } from '../../mail/dev-mailbox.ts';
import { addressOf, type Options, withPort } from '../../options.ts';
import { exitOnCrash, exitProcess, STOP_SIGNALS } from '../process-exit.ts';
import { Balance } from './balance.ts';
import type { PrimaryMessage, WorkerMessage } from './messages.ts';

/** Beside this file, and of its kind: compiled or not. */
const WORKER = fileURLToPath(import.meta.url.replace(/primary(\.[jt]s)$/, 'worker$1'));

/** Who ends sooner than that is replaced after a pause, which grows each time. */
const LONG_LIFE = MINUTE;
const LONGEST_PAUSE = 30 * SECOND;
/** More than a worker's own time for what is in flight: who is not gone by then hangs. */
const LONGEST_STOP = 15 * SECOND;

/** Runs the server as several processes behind one port until a signal stops them. Gives the exit code. */
export function serveByWorkers(options: Options): Promise<number> {
  return new Primary(options).run();
}

/** What became of a worker. */
interface Life {
  worker: number;
  pid?: number;
  /** It let callers in. */
  served: boolean;
  refusal?: Extract<WorkerMessage, { report: 'refused' }>;
  exitCode?: number;
  signal?: NodeJS.Signals;
}

/** Starts the workers, replaces those that end, and stops them. It serves nobody itself, so there is little to break. */
class Primary {
  private readonly log: Log;
  private readonly stopping = new AbortController();
  /** The port to ask for: the same for all that are alive, or each would get a free one of its own. */
  private askedPort: number;
  /** Where callers find us, once the first worker has the port. */
  private bound?: Options;
  private readonly firstListens = Promise.withResolvers<void>();
  private readonly alive = new Set<Worker>();
  /** Those that let callers in. */
  private readonly serving = new Set<Worker>();
  /** How their connections lie. */
  private readonly balance = new Balance<Worker>();
  private ready = false;
  /** The mails of all workers, and who was given them. */
  private readonly mailbox = new DevMailbox(systemClock);
  private readonly readers = new Set<Worker>();

  constructor(private readonly options: Options) {
    this.log = createLog(options.logLevel);
    this.askedPort = options.port;
  }

  /** Rejects when the start is refused, or when nobody serves any more and nobody can be started. */
  async run(): Promise<number> {
    // Workers take connections from the kernel themselves. Handed on one by one they wait for a worker that is busy, and
    // one that is killed takes them along: docs/decisions/0012.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'];
    cluster.setupPrimary({ exec: WORKER, args: [], stdio, serialization: 'advanced' });
    for (const signal of STOP_SIGNALS) process.on(signal, () => this.stop(signal));
    exitOnCrash(this.log);
    const places = Array.from({ length: this.options.workers }, (_, index) => this.fill(index + 1));
    try {
      const inOrder = await Promise.all(places);
      this.log.info('stopped');
      return inOrder.every(Boolean) ? 0 : 1;
    } finally {
      await this.log.flush?.();
    }
  }

  /** Keeps one place filled until the end. Gives whether its last worker answered everything that it had begun. */
  private async fill(place: number): Promise<boolean> {
    for (let short = 0; ; ) {
      const began = performance.now();
      const life = await this.live(place);
      if (this.stopping.signal.aborted) return life.exitCode === 0 || !life.served;
      // As long as others serve it is worth waiting for better times.
      if (!life.served && this.serving.size === 0) throw new Error(startupFailure(life));
      this.tellOf(life);
      const asTold = life.served && life.exitCode === 0;
      short = !asTold && performance.now() - began < LONG_LIFE ? short + 1 : 0;
      await this.pause(short);
      if (this.stopping.signal.aborted) return true;
    }
  }

  /** None after one early end, then a second, two, four … */
  private async pause(short: number): Promise<void> {
    const length = short < 2 ? 0 : Math.min(SECOND * 2 ** (short - 2), LONGEST_PAUSE);
    await wait(length, undefined, { signal: this.stopping.signal }).catch(() => {});
  }

  /** One worker, from its start to its end. */
  private async live(place: number): Promise<Life> {
    const worker = cluster.fork();
    const life: Life = { worker: place, pid: worker.process.pid, served: false };
    // What could not be sent to it or started is told by its end.
    worker.on('error', () => {});
    worker.on('message', (report: WorkerMessage) => this.hear(worker, life, report));
    this.alive.add(worker);
    void this.letListen(worker, place);
    try {
      const [code, signal] = await once(worker, 'exit');
      // What it said last is heard first. Nothing hangs on "disconnect", which Node does not always emit for who is killed.
      while (worker.isConnected()) await nextTurn();
      worker.disconnect();
      return { ...life, exitCode: code ?? undefined, signal: signal ?? undefined };
    } catch {
      return life;
    } finally {
      for (const group of [this.alive, this.serving, this.balance, this.readers]) group.delete(worker);
      // The port went with the last of them; who comes next takes the one that callers know.
      if (this.alive.size === 0 && this.bound) this.askedPort = this.bound.port;
    }
  }

  /** The first takes the port, alone: Node's cluster breaks when two are told at once that it is not to be had. */
  private async letListen(worker: Worker, place: number): Promise<void> {
    if (this.alive.size > 1) await this.firstListens.promise;
    tell(worker, { order: 'listen', options: this.options, port: this.askedPort, worker: place });
  }

  private hear(worker: Worker, life: Life, report: WorkerMessage): void {
    if (report.report === 'listening') this.letIn(worker, report.port);
    else if (report.report === 'ready') this.nowServing(worker, life);
    else if (report.report === 'refused') life.refusal = report;
    else if (report.report === 'kept') this.passOn(worker, report.mail);
    else this.evenOut(worker, report.connections);
  }

  private letIn(worker: Worker, port: number): void {
    if (!this.bound) {
      this.bound = withPort(this.options, port);
      this.log.info('listening', { url: addressOf(this.bound), version });
      this.firstListens.resolve();
    }
    // Of PORT=0 it got a free one, since the last that had ours died meanwhile. Its successor gets ours.
    if (port !== this.bound.port) return void worker.process.kill('SIGKILL');
    this.readers.add(worker);
    tell(worker, { order: 'open', mails: this.mailbox.mails });
  }

  private nowServing(worker: Worker, life: Life): void {
    life.served = true;
    this.serving.add(worker);
    this.balance.add(worker);
    if (this.stopping.signal.aborted) return;
    this.log.info('worker ready', { worker: life.worker, pid: life.pid });
    if (this.ready || this.serving.size < this.options.workers) return;
    this.ready = true;
    this.log.info('ready', { url: this.bound?.publicUrl });
  }

  /** Whichever worker is asked for the dev mailbox shows all mails. */
  private passOn(from: Worker, mail: DevMail): void {
    this.mailbox.keep(mail);
    for (const reader of this.readers) if (reader !== from) tell(reader, { order: 'keep', mail });
  }

  private evenOut(from: Worker, connections: number): void {
    for (const [worker, surplus] of this.balance.hear(from, connections)) tell(worker, { order: 'even out', surplus });
  }

  private stop(signal: NodeJS.Signals): void {
    if (this.stopping.signal.aborted) {
      this.killAll();
      return void exitProcess(1, this.log);
    }
    this.stopping.abort();
    this.log.info('stopping', { signal });
    for (const worker of this.alive) tell(worker, { order: 'stop' });
    setTimeout(() => this.killAll(), LONGEST_STOP).unref();
  }

  private killAll(): void {
    for (const worker of this.alive) worker.process.kill('SIGKILL');
  }

  private tellOf({ worker, pid, served, refusal, exitCode, signal }: Life): void {
    if (refusal) this.log.error('worker failed to start', { worker, pid, ...refusal.fault });
    else if (served && exitCode === 0) this.log.info('worker stopped', { worker, pid });
    else this.log.error('worker crashed', { worker, pid, exitCode, signal });
  }
}

/** Who is gone, or about to be, needs to hear nothing. */
function tell(worker: Worker, order: PrimaryMessage): void {
  if (worker.isConnected()) worker.send(order, () => {});
}

/** Why nobody could be started, in the words that a server without workers has for it. */
const startupFailure = ({ refusal, exitCode, signal }: Life): string =>
  refusal?.sentence ?? `a worker ended before it was ready (${signal ?? `exit code ${exitCode ?? 'unknown'}`}).`;
