import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { AuthError } from '../errors.ts';

/** A slow, salted hash. Both verbs throw BUSY at once when more is asked than can be done in time. */
export interface Hasher {
  /** The cost that new hashes get, as the exponent of two that bcrypt counts in. */
  readonly cost: number;
  hash(secret: string): Promise<string>;
  matches(secret: string, hash: string): Promise<boolean>;
  /** Throws BUSY when a hash asked for now would be refused: cheaper to know before other work is done. */
  admit(): void;
}

export interface BcryptOptions {
  cost: number;
  /** How many hashes run at once. More than there are cores wins nothing and slows everybody else. */
  concurrency?: number;
}

/** OWASP ASVS 15.1.3 asks for a bound; 64 waiting and two seconds is what a person at a login form still bears. */
const QUEUE_LENGTH = 64;
const LONGEST_WAIT_SECONDS = 2;
const SECONDS_AT_COST_10 = 0.055;

/** Runs bcrypt off the event loop, a bounded number at a time, the rest in a short queue. */
export class BcryptHasher implements Hasher {
  readonly cost: number;
  private readonly concurrency: number;
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  /** How long a hash takes, in seconds: a moving average that begins with a guess. */
  private pace: number;

  constructor({ cost, concurrency = availableParallelism() }: BcryptOptions) {
    this.cost = cost;
    this.concurrency = concurrency;
    this.pace = SECONDS_AT_COST_10 * 2 ** (cost - 10);
  }

  hash(secret: string): Promise<string> {
    return this.inTurn(() => bcrypt.hash(secret, this.cost));
  }

  matches(secret: string, hash: string): Promise<boolean> {
    return this.inTurn(() => bcrypt.compare(secret, hash));
  }

  admit(): void {
    // Who would have to wait too long is turned away now rather than after the wait.
    const wait = ((this.waiting.length + 1) * this.pace) / this.concurrency;
    const full = this.waiting.length >= QUEUE_LENGTH || wait > LONGEST_WAIT_SECONDS;
    if (this.running >= this.concurrency && full) throw new AuthError('BUSY', { retryAfter: 1 });
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.admit();
    if (this.running >= this.concurrency) await new Promise<void>(resolve => this.waiting.push(resolve));
    else this.running += 1;

    const started = performance.now();
    try {
      return await work();
    } finally {
      const seconds = (performance.now() - started) / 1000;
      this.pace += (seconds - this.pace) / 10;
      this.passOn();
    }
  }

  /** The place of a finished hash goes straight to the next in line, so nobody can slip in between. */
  private passOn(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}
