import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { AuthError } from '../core/errors.ts';
import type { HashJob } from './hash-thread.ts';

/** A slow, salted hash. Both verbs throw BUSY at once when more is asked than can be done in time. */
export interface Hasher {
  /** The cost that new hashes get, as the exponent of two that bcrypt counts in. */
  readonly cost: number;
  hash(secret: string): Promise<string>;
  matches(secret: string, hash: string): Promise<boolean>;
  /** Throws BUSY when a hash asked for now would be refused: cheaper to know before other work is done. */
  assertCapacity(): void;
}

export interface BcryptOptions {
  cost: number;
  /** Processes that share the cores of this machine. */
  workers?: number;
  /** How many hashes run at once. More than there are cores, over all workers, wins nothing and slows everybody else. */
  concurrency?: number;
  /** How far its threads stand back, from 0 (not at all) to 19; on Linux. */
  niceness?: number;
}

/** OWASP ASVS 15.1.3 asks for a bound; 64 waiting and two seconds is what a person at a login form still bears. */
const QUEUE_LENGTH = 64;
const LONGEST_WAIT_SECONDS = 2;
const SECONDS_AT_COST_10 = 0.055;

/** Whoever is signed in already goes first. Measured in docs/decisions/0009. */
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
  /** How long a hash takes, in seconds: a moving average that begins with a guess. */
  private pace: number;

  constructor({ cost, workers = 1, concurrency = shareOfCores(workers), niceness = NICENESS }: BcryptOptions) {
    this.cost = cost;
    this.concurrency = concurrency;
    this.niceness = niceness;
    this.pace = SECONDS_AT_COST_10 * 2 ** (cost - 10);
  }

  async hash(secret: string): Promise<string> {
    return (await this.inTurn({ secret, cost: this.cost })) as string;
  }

  async matches(secret: string, hash: string): Promise<boolean> {
    return (await this.inTurn({ secret, hash })) as boolean;
  }

  assertCapacity(): void {
    // Who would have to wait too long is turned away now rather than after the wait.
    const wait = ((this.waiting.length + 1) * this.pace) / this.concurrency;
    const full = this.waiting.length >= QUEUE_LENGTH || wait > LONGEST_WAIT_SECONDS;
    if (this.running >= this.concurrency && full) throw new AuthError('BUSY', { retryAfter: 1 });
  }

  /** Ends the threads; nothing is asked of it any more. */
  async close(): Promise<void> {
    await Promise.all(this.idle.splice(0).map(thread => thread.end()));
  }

  private async inTurn(job: HashJob): Promise<unknown> {
    this.assertCapacity();
    if (this.running >= this.concurrency) await new Promise<void>(resolve => this.waiting.push(resolve));
    else this.running += 1;

    const started = performance.now();
    try {
      return await this.run(job);
    } finally {
      const seconds = (performance.now() - started) / 1000;
      this.pace += (seconds - this.pace) / 10;
      this.passOn();
    }
  }

  /** In a thread that is at rest, or a new one. One that failed is not asked again. */
  protected async run(job: HashJob): Promise<unknown> {
    const thread = this.idle.pop() ?? new HashThread(this.niceness);
    const result = await thread.run(job);
    this.idle.push(thread);
    return result;
  }

  /** The place of a finished hash goes straight to the next in line, so nobody can slip in between. */
  private passOn(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}

/** Beside this file, and of its kind: compiled or not. */
const THREAD = new URL(import.meta.url.replace(/hasher(\.[jt]s)$/, 'hash-thread$1'));

/** One thread, which does one job at a time. It keeps the process alive only while it works. */
class HashThread {
  private readonly worker: Worker;

  constructor(niceness: number) {
    // The flags of an embedding program are none of its.
    this.worker = new Worker(THREAD, { execArgv: [], workerData: niceness });
  }

  async run(job: HashJob): Promise<unknown> {
    this.worker.ref();
    try {
      const answer = once(this.worker, 'message');
      this.worker.postMessage(job);
      const [result] = await answer;
      return result;
    } finally {
      this.worker.unref();
    }
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
