import bcrypt from 'bcrypt';
import { BcryptHasher, type Hasher } from '../../src/auth/hasher.ts';

/**
 * Real bcrypt that never throws BUSY: how many hashes it would admit depends on how fast the machine is. It starts no
 * threads of its own, because each takes a moment to start, once per test file.
 */
export class UnboundedHasher implements Hasher {
  constructor(readonly cost: number) {}

  assertCapacity(): void {}

  hash(secret: string): Promise<string> {
    return bcrypt.hash(secret, this.cost);
  }

  matches(secret: string, hash: string): Promise<boolean> {
    return bcrypt.compare(secret, hash);
  }
}

/** Real bcrypt that records how much work it was given. */
export class CountingHasher extends UnboundedHasher {
  /** Sum of 2^cost over all hashes so far: what a response time depends on. */
  work = 0;
  comparisons = 0;

  constructor(cost = 4) {
    super(cost);
  }

  override hash(secret: string): Promise<string> {
    this.work += 2 ** this.cost;
    return super.hash(secret);
  }

  override async matches(secret: string, hash: string): Promise<boolean> {
    // compare() returns false without any work for a hash that it cannot parse; hash() throws instead.
    await bcrypt.hash(secret, hash.slice(0, 29));
    this.comparisons += 1;
    this.work += 2 ** bcrypt.getRounds(hash);
    return super.matches(secret, hash);
  }
}

/** A hash of this cost that no known secret matches. */
export const hashOfCost = (cost: number) => `$2b$${String(cost).padStart(2, '0')}$${'a'.repeat(21)}O${'b'.repeat(31)}`;

/** Blocks those who pass until the test releases it. */
export class Gate {
  private readonly arrival = Promise.withResolvers<void>();
  private readonly opening = Promise.withResolvers<void>();
  /** Resolves when the first one waits. */
  readonly reached = this.arrival.promise;

  constructor(private readonly onRelease = () => {}) {}

  pass(): Promise<void> {
    this.arrival.resolve();
    return this.opening.promise;
  }

  release(): void {
    this.onRelease();
    this.opening.resolve();
  }
}

/** bcrypt whose results can be held back. */
export class SlowHasher extends UnboundedHasher {
  private gate?: Gate;

  constructor() {
    super(4);
  }

  /** The next comparison runs at once, but its result is held back until the gate is released. */
  holdAfterMatch(): Gate {
    this.gate = new Gate();
    return this.gate;
  }

  override async matches(secret: string, hash: string): Promise<boolean> {
    const { gate } = this;
    this.gate = undefined;
    const matches = await super.matches(secret, hash);
    await gate?.pass();
    return matches;
  }
}

/** The real hasher, with its limits, of which no hash is started between `stall` and `release`. */
export class StallingHasher extends BcryptHasher {
  private gate?: Gate;

  constructor(cost: number) {
    super({ cost, concurrency: 1, niceness: 0 });
  }

  stall(): void {
    this.gate = new Gate();
  }

  /** Stalls with the queue full: from then on every hash is refused. Resolves when all that were queued are done. */
  fill(): Promise<unknown> {
    this.stall();
    const jobs: Promise<unknown>[] = [];
    while (this.hasCapacity()) jobs.push(this.hash('secret'));
    return Promise.all(jobs);
  }

  release(): void {
    this.gate?.release();
  }

  protected override async run(job: Parameters<BcryptHasher['run']>[0]): Promise<unknown> {
    await this.gate?.pass();
    return super.run(job);
  }

  private hasCapacity(): boolean {
    try {
      this.assertCapacity();
      return true;
    } catch {
      return false;
    }
  }
}

/** Real bcrypt that holds its first `held` new hashes until `release`, and never throws BUSY. */
export class HeldHasher extends UnboundedHasher {
  private readonly full = Promise.withResolvers<void>();
  private readonly opening = Promise.withResolvers<void>();
  /** Resolves when all that are to be held have been requested. */
  readonly allHeld = this.full.promise;

  constructor(
    cost: number,
    private held: number,
  ) {
    super(cost);
  }

  release(): void {
    this.opening.resolve();
  }

  override async hash(secret: string): Promise<string> {
    if (this.held > 0) {
      this.held -= 1;
      if (this.held === 0) this.full.resolve();
      await this.opening.promise;
    }
    return super.hash(secret);
  }
}
