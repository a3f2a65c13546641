import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MINUTE, SECOND, systemClock } from '../../core/clock.ts';
import { createLog, type Log } from '../../core/log.ts';
import { version } from '../../core/package.ts';
import { type DevMail, DevMailbox } from '../../mail/dev-mailbox.ts';
import { addressOf, type Options, withPort } from '../../options.ts';
import { exitOnCrash, exitProcess, STOP_SIGNALS } from '../process-exit.ts';
import type { PrimaryMessage, WorkerMessage } from './messages.ts';
import { excessConnections } from './rebalancing.ts';
import { logExit, startupFailure, type WorkerExit } from './worker-exit.ts';

/** The file beside this one, compiled or not. */
const WORKER_FILE = fileURLToPath(import.meta.url.replace(/primary(\.[jt]s)$/, 'worker$1'));

/** A worker that ends sooner counts as a failed start, and each one in a row doubles the pause before the next. */
const MIN_LIFETIME = MINUTE;
const MAX_RESTART_DELAY = 30 * SECOND;
/** Longer than a worker's own timeout for requests in flight: a worker that still runs then hangs. */
const KILL_TIMEOUT = 15 * SECOND;
/** Twice the workers' report interval: the next round counts a connection that was closed at its new worker. */
const REBALANCING_INTERVAL = SECOND;

/** Runs the server as several processes behind one port until a signal stops them. Resolves with the exit code. */
export function serveByWorkers(options: Options): Promise<number> {
  return new Primary(options).run();
}

/** Starts the workers, replaces those that end, and stops them. It handles no requests itself. */
class Primary {
  private readonly log: Log;
  private readonly stopping = new AbortController();
  /** The port that workers request. With PORT=0 it is 0 while any of them runs: they share a listener by it. */
  private requestedPort: number;
  /** Options with the actual port, once the first worker listens. */
  private bound?: Options;
  private readonly firstListens = Promise.withResolvers<void>();
  private readonly running = new Set<Worker>();
  private readonly ready = new Set<Worker>();
  /** Connections in use. */
  private readonly loads = new Map<Worker, number>();
  private allReady = false;
  /** The dev mails of all workers, and the workers that get new ones. */
  private readonly mailbox = new DevMailbox(systemClock);
  private readonly mailReaders = new Set<Worker>();

  constructor(private readonly options: Options) {
    this.log = createLog(options.logLevel);
    this.requestedPort = options.port;
  }

  /** Rejects when the start is refused, or when no worker is left and none can be started. */
  async run(): Promise<number> {
    // Workers accept connections from the kernel themselves. Node's round robin waits for busy workers, and loses
    // connections with a worker that is killed: docs/decisions/0012.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'];
    cluster.setupPrimary({ exec: WORKER_FILE, args: [], stdio, serialization: 'advanced' });
    for (const signal of STOP_SIGNALS) process.on(signal, () => this.stop(signal));
    exitOnCrash(this.log);
    setInterval(() => this.rebalance(), REBALANCING_INTERVAL).unref();
    const slots = Array.from({ length: this.options.workers }, (_, index) => this.keepRunning(index + 1));
    try {
      const inTime = await Promise.all(slots);
      this.log.info('stopped');
      return inTime.every(Boolean) ? 0 : 1;
    } finally {
      await this.log.flush?.();
    }
  }

  /** Keeps one worker running until the stop. Resolves with whether the last one finished all requests in flight. */
  private async keepRunning(number: number): Promise<boolean> {
    for (let failures = 0; ; ) {
      const startedAt = performance.now();
      const exit = await this.runWorker(number);
      if (this.stopping.signal.aborted) return exit.exitCode === 0 || !exit.wasReady;
      // While other workers handle requests, retrying is better than ending.
      if (!exit.wasReady && this.ready.size === 0) throw new Error(startupFailure(exit));
      logExit(this.log, exit);
      const wasStopped = exit.wasReady && exit.exitCode === 0;
      failures = !wasStopped && performance.now() - startedAt < MIN_LIFETIME ? failures + 1 : 0;
      await this.delayRestart(failures);
      if (this.stopping.signal.aborted) return true;
    }
  }

  /** No delay after the first failure, then 1, 2, 4 … seconds. */
  private async delayRestart(failures: number): Promise<void> {
    const delay = failures < 2 ? 0 : Math.min(SECOND * 2 ** (failures - 2), MAX_RESTART_DELAY);
    await sleep(delay, undefined, { signal: this.stopping.signal }).catch(() => {});
  }

  /** Runs one worker from start to exit. */
  private async runWorker(number: number): Promise<WorkerExit> {
    const worker = cluster.fork();
    const exit: WorkerExit = { worker: number, pid: worker.process.pid, wasReady: false };
    // A failed fork or send shows as the worker's exit.
    worker.on('error', () => {});
    worker.on('message', (message: WorkerMessage) => this.handle(worker, exit, message));
    this.running.add(worker);
    void this.sendListen(worker, number);
    try {
      const [code, signal] = await once(worker, 'exit');
      // Its last messages are still to be read. Node does not always emit "disconnect" for a killed worker.
      while (worker.isConnected()) await nextTurn();
      worker.disconnect();
      return { ...exit, exitCode: code ?? undefined, signal: signal ?? undefined };
    } catch {
      return exit;
    } finally {
      for (const group of [this.running, this.ready, this.loads, this.mailReaders]) group.delete(worker);
      // The port was released with the last worker; the next one must take the same.
      if (this.running.size === 0 && this.bound) this.requestedPort = this.bound.port;
    }
  }

  /** The first worker listens alone: Node's cluster fails when two workers get the same listen error at once. */
  private async sendListen(worker: Worker, number: number): Promise<void> {
    if (this.running.size > 1) await this.firstListens.promise;
    send(worker, { type: 'listen', options: withPort(this.options, this.requestedPort), worker: number });
  }

  private handle(worker: Worker, exit: WorkerExit, message: WorkerMessage): void {
    if (message.type === 'listening') this.open(worker, message.port);
    else if (message.type === 'ready') this.markReady(worker, exit);
    else if (message.type === 'failed') exit.failure = message;
    else if (message.type === 'load') this.loads.set(worker, message.connections);
    else this.forwardMail(worker, message.mail);
  }

  private open(worker: Worker, port: number): void {
    if (!this.bound) {
      this.bound = withPort(this.options, port);
      this.log.info('listening', { url: addressOf(this.bound), version });
      this.firstListens.resolve();
    }
    // With PORT=0 it got another port, because the last worker with the right one has died. Its successor gets it.
    if (port !== this.bound.port) return void worker.process.kill('SIGKILL');
    this.mailReaders.add(worker);
    send(worker, { type: 'open', mails: this.mailbox.mails });
  }

  private markReady(worker: Worker, exit: WorkerExit): void {
    exit.wasReady = true;
    this.ready.add(worker);
    if (this.stopping.signal.aborted) return;
    this.log.info('worker ready', { worker: exit.worker, pid: exit.pid });
    if (this.allReady || this.ready.size < this.options.workers) return;
    this.allReady = true;
    this.log.info('ready', { url: this.bound?.publicUrl });
  }

  /** Every worker shows the dev mails of all. */
  private forwardMail(from: Worker, mail: DevMail): void {
    this.mailbox.keep(mail);
    for (const reader of this.mailReaders) if (reader !== from) send(reader, { type: 'mail', mail });
  }

  private rebalance(): void {
    for (const [worker, excess] of excessConnections(this.loads)) send(worker, { type: 'rebalance', excess });
  }

  private stop(signal: NodeJS.Signals): void {
    if (this.stopping.signal.aborted) {
      this.killAll();
      return void exitProcess(1, this.log);
    }
    this.stopping.abort();
    this.log.info('stopping', { signal });
    for (const worker of this.running) send(worker, { type: 'stop' });
    const killLate = () => {
      this.log.warn('workers are killed: they did not stop in time');
      this.killAll();
    };
    setTimeout(killLate, KILL_TIMEOUT).unref();
  }

  private killAll(): void {
    for (const worker of this.running) worker.process.kill('SIGKILL');
  }
}

/** Ignores a worker that is gone or about to be. */
function send(worker: Worker, message: PrimaryMessage): void {
  if (worker.isConnected()) worker.send(message, () => {});
}
