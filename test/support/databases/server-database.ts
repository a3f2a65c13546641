import { TcpProxy } from './tcp-proxy.ts';
import { TABLES, TestDatabase } from './test-database.ts';

/** A connection to a server, to create and drop databases. */
export interface Server {
  /** Reserves the name as long as the connection lasts; false when it is taken. */
  lock(name: string): Promise<boolean>;
  exists(name: string): Promise<boolean>;
  /** Works while clients are connected, and when the database does not exist. */
  drop(name: string): Promise<void>;
  create(name: string): Promise<void>;
  /** Names with this prefix. */
  list(prefix: string): Promise<string[]>;
  end(): Promise<void>;
}

const PREFIX = 'bienvenue_test_';

/** The first name that is not taken by this process, another worker or another run. */
export async function takeName(server: Server): Promise<string> {
  for (let number = 1; ; number++) {
    const name = `${PREFIX}${number}`;
    if (await server.lock(name)) return name;
  }
}

/** Drops databases that earlier runs left behind, unless they are in use. */
export async function dropUnused(server: Server): Promise<void> {
  for (const name of await server.list(PREFIX)) if (await server.lock(name)) await server.drop(name);
  await server.end();
}

/** A database behind its own TCP proxy. Creating one is slow, so an emptied one is reused. */
export abstract class ServerDatabase extends TestDatabase {
  private proxy!: TcpProxy;

  protected constructor(
    protected readonly server: Server,
    protected readonly address: URL,
    protected readonly name: string,
    /** Dropped afterwards instead of reused. */
    private readonly once: boolean,
  ) {
    super();
  }

  /** Opens the connection of rows(). */
  protected abstract open(): Promise<void>;
  protected abstract close(): Promise<void>;
  /** The number of triggers in the database. */
  protected abstract countTriggers(): Promise<number>;
  /** Empties these tables in one transaction. */
  protected abstract empty(tables: string[]): Promise<void>;

  get url(): string {
    const url = new URL(this.address);
    url.host = `127.0.0.1:${this.proxy.port}`;
    url.pathname = `/${this.name}`;
    return url.href;
  }

  /** Creates the database or empties a reusable one. */
  async begin(port: number): Promise<this> {
    if (this.once || !(await this.isReusable())) await this.recreate();
    this.proxy = await TcpProxy.to(this.address.hostname, Number(this.address.port || port));
    return this;
  }

  async takeDown(): Promise<void> {
    await this.proxy.disconnect();
  }

  async bringUp(): Promise<void> {
    await this.proxy.reconnect();
  }

  async drop(): Promise<void> {
    await this.proxy.disconnect();
    await this.close();
    if (this.once) await this.server.drop(this.name);
    await this.server.end();
  }

  private async recreate(): Promise<void> {
    await this.server.drop(this.name);
    await this.server.create(this.name);
    await this.open();
  }

  /** Empties an existing database; false if a test has changed its tables. */
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
