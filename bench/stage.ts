import { type BenchDatabase, createDatabase, type Kind } from './databases.ts';
import type { Options } from './options.ts';
import { type Running, type StartOptions, start } from './processes.ts';

/** Resources of one part: servers and databases opened here are removed at its end, also after a failure. */
export class Stage {
  readonly options: Options;
  /** What was not measured, and why. */
  readonly absent: string[] = [];
  readonly versions: Record<string, string> = {};
  private cleared?: Promise<void>;
  private readonly cleanups: (() => unknown)[] = [];

  constructor(options: Options) {
    this.options = options;
  }

  async start(args: string[], env?: NodeJS.ProcessEnv, options?: StartOptions): Promise<Running> {
    const running = await start(args, env, options);
    this.atEnd(() => running.stop());
    return running;
  }

  /** Undefined, with a line in the report, when there is no such server. */
  async database(kind: Kind): Promise<BenchDatabase | undefined> {
    try {
      const place = await createDatabase(kind);
      this.versions[kind] = place.version;
      this.atEnd(() => place.drop());
      return place;
    } catch (error) {
      this.reportAbsent(
        `${kind}: no server responds (${(error as { code?: string }).code ?? (error as Error).message})`,
      );
      return undefined;
    }
  }

  /** Reports once what cannot be measured here. */
  reportAbsent(sentence: string): void {
    if (!this.absent.includes(sentence)) this.absent.push(sentence);
  }

  atEnd(cleanup: () => unknown): void {
    this.cleanups.push(cleanup);
  }

  /** Safe to call while it is running. */
  cleanUp(): Promise<void> {
    this.cleared ??= this.runCleanups();
    return this.cleared;
  }

  /** Every contestant in each round, each round starting with a different one. */
  async inTurns<Name, T>(
    contestants: Map<Name, () => Promise<T>>,
    rounds = this.options.rounds,
  ): Promise<Map<Name, T[]>> {
    const seen = new Map<Name, T[]>([...contestants.keys()].map(name => [name, []]));
    const all = [...contestants];
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < all.length; turn++) {
        const [name, measure] = all[(turn + round) % all.length] as [Name, () => Promise<T>];
        seen.get(name)?.push(await measure());
      }
    }
    return seen;
  }

  /** In reverse order: servers before the databases that they use. */
  private async runCleanups(): Promise<void> {
    for (const cleanup of this.cleanups.splice(0).reverse()) {
      // A failure must not prevent the others from being removed.
      await (async () => cleanup())().catch(console.error);
    }
  }
}
