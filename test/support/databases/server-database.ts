import { TABLES, TestDatabase } from './test-database.ts';
import { Wire } from './wire.ts';

/** A connection to a server, for what concerns whole databases. */
export interface Server {
  /** Whether the name is ours from now on, as long as the connection lasts. */
  lock(name: string): Promise<boolean>;
  exists(name: string): Promise<boolean>;
  /** Also where somebody is still connected to it, or where there is none. */
  drop(name: string): Promise<void>;
  create(name: string): Promise<void>;
  /** Those whose names begin so. */
  list(prefix: string): Promise<string[]>;
  end(): Promise<void>;
}

const PREFIX = 'bienvenue_test_';

/** The first name that nobody has, in this process, another worker, or another run. */
export async function takeName(server: Server): Promise<string> {
  for (let number = 1; ; number++) {
    const name = `${PREFIX}${number}`;
    if (await server.lock(name)) return name;
  }
}

/** Drops what runs have left behind. Nobody is disturbed who still uses his. */
export async function sweep(server: Server): Promise<void> {
  for (const name of await server.list(PREFIX)) if (await server.lock(name)) await server.drop(name);
  await server.end();
}

/** A database of a server's, behind a wire of its own. To make one is slow, so one that was emptied is as good as new. */
export abstract class ServerDatabase extends TestDatabase {
  private wire!: Wire;

  protected constructor(
    protected readonly server: Server,
    protected readonly address: URL,
    protected readonly name: string,
    /** It is not used again. */
    private readonly once: boolean,
  ) {
    super();
  }

  /** Opens what rows() needs. */
  protected abstract open(): Promise<void>;
  protected abstract close(): Promise<void>;
  /** How many there are of ours. */
  protected abstract countTriggers(): Promise<number>;
  /** Empties these tables, at one go. */
  protected abstract empty(tables: string[]): Promise<void>;

  get url(): string {
    const url = new URL(this.address);
    url.host = `127.0.0.1:${this.wire.port}`;
    url.pathname = `/${this.name}`;
    return url.href;
  }

  /** Makes it, or makes it clean. */
  async begin(port: number): Promise<this> {
    if (this.once || !(await this.isReusable())) await this.makeAnew();
    this.wire = await Wire.to(this.address.hostname, Number(this.address.port || port));
    return this;
  }

  async goAway(): Promise<void> {
    await this.wire.cut();
  }

  async comeBack(): Promise<void> {
    await this.wire.mend();
  }

  async drop(): Promise<void> {
    await this.wire.cut();
    await this.close();
    if (this.once) await this.server.drop(this.name);
    await this.server.end();
  }

  private async makeAnew(): Promise<void> {
    await this.server.drop(this.name);
    await this.server.create(this.name);
    await this.open();
  }

  /** Tests may have done anything to it. */
  private async isReusable(): Promise<boolean> {
    if (!(await this.server.exists(this.name))) return false;
    await this.open();
    const tables = (await this.tables()).sort();
    const expected = [...TABLES, 'bienvenue_migrations'].sort();
    if (String(tables) === String(expected) && (await this.countTriggers()) === 0) {
      await this.empty(TABLES);
      return true;
    }
    await this.close();
    return false;
  }
}
