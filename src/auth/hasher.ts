import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { AuthError } from '../core/errors.ts';
import type { HashJob } from './hash-thread.ts';

/** Computes slow, salted password hashes. Both methods reject with BUSY at once when too many hashes are queued. */
export interface Hasher {
  /** bcrypt cost of new hashes: 2^cost rounds. */
  readonly cost: number;
  hash(secret: string): Promise<string>;
  matches(secret: string, hash: string): Promise<boolean>;
  /** Throws BUSY if a hash would be refused now. Called before other work is done. */
  assertCapacity(): void;
}

interface BcryptOptions {
  /** bcrypt cost of new hashes: 2^cost rounds. */
  cost: number;
  /** Processes of the service on this machine, which share its cores. */
  workers?: number;
  /** Hashes that run in parallel; by default this process's share of the cores. More only slow other requests down. */
  concurrency?: number;
  /** Nice value of the hash threads, 0 to 19; 10 by default. On Linux only. */
  niceness?: number;
}

/** OWASP ASVS 15.1.3 requires a bound. A login form may take two seconds. */
const MAX_QUEUE_LENGTH = 64;
const MAX_WAIT_SECONDS = 2;
const SECONDS_AT_COST_10 = 0.055;

/** Requests of signed-in users get the CPU first. Measured in docs/decisions/0009. */
const NICENESS = 10;

const shareOfCores = (workers: number) => Math.max(1, Math.round(availableParallelism() / workers));

/** Runs bcrypt in threads of low priority, a bounded number at a time, the rest in a short queue. */
export class BcryptHasher implements Hasher {
  readonly cost: number;
  private readonly concurrency: number;
  private readonly niceness: number;
  private readonly waiting: (() => void)[] = [];
  private readonly idle: HashThread[] = [];
  private running = 0;
  private closed = false;
  /** A moving average that starts with an estimate. */
  private secondsPerHash: number;

  constructor({ cost, workers = 1, concurrency = shareOfCores(workers), niceness = NICENESS }: BcryptOptions) {
    this.cost = cost;
    this.concurrency = concurrency;
    this.niceness = niceness;
    this.secondsPerHash = SECONDS_AT_COST_10 * 2 ** (cost - 10);
  }

  async hash(secret: string): Promise<string> {
    return (await this.enqueue({ secret, cost: this.cost })) as string;
  }

  async matches(secret: string, hash: string): Promise<boolean> {
    return (await this.enqueue({ secret, hash })) as boolean;
  }

  assertCapacity(): void {
    // A request that would time out is refused now rather than after the wait.
    const wait = ((this.waiting.length + 1) * this.secondsPerHash) / this.concurrency;
    const full = this.waiting.length >= MAX_QUEUE_LENGTH || wait > MAX_WAIT_SECONDS;
    if (this.running >= this.concurrency && full) throw new AuthError('BUSY', { retryAfter: 1 });
  }

  /** Ends the threads, a busy one after its hash. The hasher cannot be used afterwards. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.idle.splice(0).map(thread => thread.end()));
  }

  private async enqueue(job: HashJob): Promise<unknown> {
    this.assertCapacity();
    if (this.running >= this.concurrency) await new Promise<void>(resolve => this.waiting.push(resolve));
    else this.running += 1;

    const started = performance.now();
    try {
      return await this.run(job);
    } finally {
      const seconds = (performance.now() - started) / 1000;
      this.secondsPerHash += (seconds - this.secondsPerHash) / 10;
      this.startNext();
    }
  }

  /** Uses an idle thread or starts one. A thread that failed is not reused. */
  protected async run(job: HashJob): Promise<unknown> {
    const thread = this.idle.pop() ?? new HashThread(this.niceness);
    const result = await thread.run(job);
    if (this.closed) await thread.end();
    else this.idle.push(thread);
    return result;
  }

  /** Passes the slot of a finished hash to the next in the queue, so that no new request can take it. */
  private startNext(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}

/** In the same folder, with the same extension: .ts, or .js once compiled. */
const THREAD = new URL(import.meta.url.replace(/hasher(\.[jt]s)$/, 'hash-thread$1'));

/** A thread that runs one job at a time. It keeps the process alive only during a job. */
class HashThread {
  private readonly worker: Worker;

  constructor(niceness: number) {
    // The host program's Node.js flags do not apply to it.
    this.worker = new Worker(THREAD, { execArgv: [], workerData: niceness });
  }

  async run(job: HashJob): Promise<unknown> {
    this.worker.ref();
    try {
      const response = once(this.worker, 'message');
      this.worker.postMessage(job);
      const [result] = await response;
      return result;
    } finally {
      this.worker.unref();
    }
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
