import pg from 'pg';
import { type Server, ServerDatabase, takeName } from './server-database.ts';
import type { Trigger } from './test-database.ts';

const INT8 = 20;

const addressOf = (url: string | undefined) => new URL(url ?? 'postgresql://postgres@127.0.0.1:5432/postgres');

async function connect(address: URL, name?: string): Promise<pg.Client> {
  const url = new URL(address);
  if (name) url.pathname = `/${name}`;
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, Number);
  const client = new pg.Client({ connectionString: url.href, types });
  // Tests drop databases and close connections, which emits errors.
  client.on('error', () => {});
  await client.connect();
  return client;
}

export class PostgresqlServer implements Server {
  private constructor(private readonly client: pg.Client) {}

  static async connect(): Promise<PostgresqlServer> {
    return new PostgresqlServer(await connect(addressOf(process.env.TEST_POSTGRESQL_URL)));
  }

  async lock(name: string): Promise<boolean> {
    const { rows } = await this.client.query('select pg_try_advisory_lock(hashtext($1)) as acquired', [name]);
    return rows[0].acquired;
  }

  async exists(name: string): Promise<boolean> {
    return (await this.client.query('select from pg_database where datname = $1', [name])).rowCount === 1;
  }

  async drop(name: string): Promise<void> {
    await this.client.query(`drop database if exists ${name} with (force)`);
  }

  async create(name: string): Promise<void> {
    await this.client.query(`create database ${name} template template0 encoding 'UTF8'`);
    // Test data may be lost in a crash.
    await this.client.query(`alter database ${name} set synchronous_commit = off`);
  }

  async list(prefix: string): Promise<string[]> {
    const { rows } = await this.client.query('select datname from pg_database where starts_with(datname, $1)', [
      prefix,
    ]);
    return rows.map(({ datname }) => datname);
  }

  end(): Promise<void> {
    return this.client.end();
  }
}

export class PostgresqlDatabase extends ServerDatabase {
  protected readonly numbering = 'serial';
  protected readonly endless = 'perform pg_sleep(3600)';
  private client!: pg.Client;

  static async take({ once }: { once: boolean }): Promise<PostgresqlDatabase> {
    const server = await PostgresqlServer.connect();
    const address = addressOf(process.env.TEST_POSTGRESQL_URL);
    return new PostgresqlDatabase(server, address, await takeName(server), once).begin(5432);
  }

  async rows(sql: string, ...parameters: unknown[]) {
    let count = 0;
    const { rows } = await this.client.query(
      sql.replaceAll('?', () => `$${++count}`),
      parameters,
    );
    return rows;
  }

  async tables(): Promise<string[]> {
    const rows = await this.rows(`select tablename from pg_tables where schemaname = 'public' order by 1`);
    return rows.map(({ tablename }) => tablename);
  }

  /** The share lock blocks writes only, so reads continue, also in transactions that will write. */
  async holdWrites(): Promise<() => Promise<void>> {
    const client = await connect(this.address, this.name);
    await client.query('begin; lock table users, sessions, tokens, outbox in share mode');
    return () => client.end();
  }

  protected async open(): Promise<void> {
    this.client = await connect(this.address, this.name);
  }

  protected close(): Promise<void> {
    return this.client.end();
  }

  protected async countTriggers(): Promise<number> {
    return (await this.rows('select count(*) as found from pg_trigger where not tgisinternal'))[0].found;
  }

  /** Ends other connections first, because a killed service may have left a lock. */
  protected async empty(tables: string[]): Promise<void> {
    await this.rows(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await this.client.query(tables.map(table => `delete from ${table}`).join(';'));
  }

  protected refuse(trigger: Trigger): Promise<void> {
    return this.follow(trigger, `raise exception 'canary'`);
  }

  protected async follow({ name, moment, change, table, when = 'true' }: Trigger, statement: string): Promise<void> {
    await this.client.query(`
      create function ${name}() returns trigger language plpgsql as $$ begin
        if ${when} then ${statement}; end if;
        return ${change === 'delete' ? 'old' : 'new'};
      end $$;
      create trigger ${name} ${moment} ${change} on ${table} for each row execute function ${name}()`);
  }

  protected async dropTrigger(name: string): Promise<void> {
    await this.client.query(`drop function ${name}() cascade`);
  }
}
