import { createDatabase, type Kind, type Place } from './databases.ts';
import type { Options } from './options.ts';
import { type Running, type StartOptions, start } from './processes.ts';

/** Where one part plays: what it opens here is cleared away at its end, however it ends. */
export class Stage {
  readonly options: Options;
  /** What was not measured, and why. */
  readonly absent: string[] = [];
  readonly versions: Record<string, string> = {};
  private cleared?: Promise<void>;
  private readonly endings: (() => unknown)[] = [];

  constructor(options: Options) {
    this.options = options;
  }

  async start(args: string[], env?: NodeJS.ProcessEnv, options?: StartOptions): Promise<Running> {
    const running = await start(args, env, options);
    this.atEnd(() => running.stop());
    return running;
  }

  /** Undefined, and said in the report, where there is no such server. */
  async database(kind: Kind): Promise<Place | undefined> {
    try {
      const place = await createDatabase(kind);
      this.versions[kind] = place.version;
      this.atEnd(() => place.drop());
      return place;
    } catch (error) {
      this.miss(`${kind}: no server answered (${(error as { code?: string }).code ?? (error as Error).message})`);
      return undefined;
    }
  }

  /** What cannot be measured here, said once. */
  miss(sentence: string): void {
    if (!this.absent.includes(sentence)) this.absent.push(sentence);
  }

  atEnd(ending: () => unknown): void {
    this.endings.push(ending);
  }

  /** Also for who asks while it is under way. */
  clear(): Promise<void> {
    this.cleared ??= this.runEndings();
    return this.cleared;
  }

  /** Everybody in each round, and somebody else first each time. */
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

  /** The last first: servers before the databases that they use. */
  private async runEndings(): Promise<void> {
    for (const ending of this.endings.splice(0).reverse()) {
      // One that fails must not keep the others from being cleared.
      await (async () => ending())().catch(console.error);
    }
  }
}
