import bcrypt from 'bcrypt';
import { BcryptHasher, type Hasher } from '../../src/auth/hasher.ts';

/** bcrypt for real, with the work that was asked of it written down. */
export class CountingHasher implements Hasher {
  readonly cost: number;
  /** Two to the cost of each hash so far, added up: what the time of an answer hangs on. */
  work = 0;
  /** Comparisons so far. */
  comparisons = 0;
  private readonly real: BcryptHasher;

  constructor(cost = 4) {
    this.cost = cost;
    this.real = new BcryptHasher({ cost });
  }

  assertCapacity(): void {
    this.real.assertCapacity();
  }

  hash(secret: string): Promise<string> {
    this.work += 2 ** this.cost;
    return this.real.hash(secret);
  }

  async matches(secret: string, hash: string): Promise<boolean> {
    // bcrypt answers false at once, without any work, for a hash that it cannot read. Its hash() throws instead.
    await bcrypt.hash(secret, hash.slice(0, 29));
    this.comparisons += 1;
    this.work += 2 ** bcrypt.getRounds(hash);
    return this.real.matches(secret, hash);
  }
}

/** A hash of that cost, which no secret is known to match. */
export const hashOfCost = (cost: number) => `$2b$${String(cost).padStart(2, '0')}$${'a'.repeat(21)}O${'b'.repeat(31)}`;

/** Keeps a hasher of concurrency 1 at work, with a full queue behind it. Resolves when all of it is done. */
export function occupy(hasher: BcryptHasher): Promise<unknown> {
  const asked: Promise<unknown>[] = [hasher.matches('secret', hashOfCost(14))];
  // How many it lets wait depends on how quick it has been so far.
  while (isOpen(hasher)) asked.push(hasher.hash('secret'));
  return Promise.all(asked);
}

function isOpen(hasher: BcryptHasher): boolean {
  try {
    hasher.assertCapacity();
    return true;
  } catch {
    return false;
  }
}

/**
 * bcrypt for real, of which the first so many new hashes are not begun before they are let go. It turns nobody away:
 * on a machine that is short of time one of those that are waited for would never come.
 */
export class HeldHasher implements Hasher {
  readonly cost: number;
  /** Resolves when all that are to be held have been asked for. */
  readonly allHeld: Promise<void>;
  /** Lets them go. */
  release!: () => void;
  private readonly released: Promise<void>;
  private noteAllHeld!: () => void;

  constructor(
    cost: number,
    private held: number,
  ) {
    this.cost = cost;
    this.allHeld = new Promise(resolve => {
      this.noteAllHeld = resolve;
    });
    this.released = new Promise(resolve => {
      this.release = resolve;
    });
  }

  assertCapacity(): void {}

  async hash(secret: string): Promise<string> {
    if (this.held > 0) {
      this.held -= 1;
      if (this.held === 0) this.noteAllHeld();
      await this.released;
    }
    return bcrypt.hash(secret, this.cost);
  }

  matches(secret: string, hash: string): Promise<boolean> {
    return bcrypt.compare(secret, hash);
  }
}

/** Where somebody waits until the test lets them go on. */
export class Gate {
  /** Resolves when the first has come to wait. */
  readonly reached: Promise<void>;
  private arrive!: () => void;
  private readonly opened: Promise<void>;
  private open!: () => void;

  constructor(private readonly onRelease = () => {}) {
    this.reached = new Promise(resolve => {
      this.arrive = resolve;
    });
    this.opened = new Promise(resolve => {
      this.open = resolve;
    });
  }

  pass(): Promise<void> {
    this.arrive();
    return this.opened;
  }

  release(): void {
    this.onRelease();
    this.open();
  }
}
