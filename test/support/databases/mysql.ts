import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise';
import { type Server, ServerDatabase, takeName } from './server-database.ts';
import type { Trigger } from './test-database.ts';

const addressOf = (url: string | undefined) => new URL(url ?? 'mysql://root@127.0.0.1:3306/');

async function connect(address: URL, name = ''): Promise<Connection> {
  const url = new URL(address);
  url.pathname = `/${name}`;
  const connection = await mysql.createConnection({
    uri: url.href,
    charset: 'UTF8MB4_BIN',
    supportBigNumbers: true,
    multipleStatements: true,
  });
  // Tests drop databases and close connections, which emits errors.
  connection.on('error', () => {});
  return connection;
}

async function select(connection: Connection, sql: string, parameters: unknown[] = []) {
  const [rows] = await connection.query<RowDataPacket[]>(sql, parameters);
  return rows;
}

/** Ends all other connections to the database. */
async function killClients(connection: Connection, name: string): Promise<void> {
  const others = await select(
    connection,
    'select id from information_schema.processlist where db = ? and id <> connection_id()',
    [name],
  );
  // The connection may have ended in the meantime.
  for (const { id } of others) await connection.query(`kill ${id}`).catch(() => {});
}

export class MysqlServer implements Server {
  private constructor(private readonly connection: Connection) {}

  static async connect(): Promise<MysqlServer> {
    return new MysqlServer(await connect(addressOf(process.env.TEST_MYSQL_URL)));
  }

  async lock(name: string): Promise<boolean> {
    const [row] = await select(this.connection, 'select get_lock(?, 0) as acquired', [name]);
    return row?.acquired === 1;
  }

  async exists(name: string): Promise<boolean> {
    return (await this.list(name)).includes(name);
  }

  async drop(name: string): Promise<void> {
    await killClients(this.connection, name);
    await this.connection.query(`drop database if exists ${name}`);
  }

  /** With the server's default character set and collation, on which the service must not depend. */
  async create(name: string): Promise<void> {
    await this.connection.query(`create database ${name}`);
  }

  async list(prefix: string): Promise<string[]> {
    const rows = await select(
      this.connection,
      'select schema_name as name from information_schema.schemata where left(schema_name, ?) = ?',
      [prefix.length, prefix],
    );
    return rows.map(({ name }) => name);
  }

  end(): Promise<void> {
    return this.connection.end();
  }
}

export class MysqlDatabase extends ServerDatabase {
  protected readonly numbering = 'integer not null auto_increment primary key';
  protected readonly endless = 'do sleep(3600)';
  private connection!: Connection;

  static async take({ once }: { once: boolean }): Promise<MysqlDatabase> {
    const server = await MysqlServer.connect();
    const address = addressOf(process.env.TEST_MYSQL_URL);
    return new MysqlDatabase(server, address, await takeName(server), once).begin(3306);
  }

  async rows(sql: string, ...parameters: unknown[]) {
    const rows = await select(this.connection, sql, parameters);
    return Array.isArray(rows) ? rows.map(row => ({ ...row })) : [];
  }

  async tables(): Promise<string[]> {
    const rows = await this.rows(
      'select table_name as name from information_schema.tables where table_schema = database() order by 1',
    );
    return rows.map(({ name }) => name);
  }

  /** Locks only rows and the gaps between them, so that reads continue. */
  async holdWrites(): Promise<() => Promise<void>> {
    const connection = await connect(this.address, this.name);
    await connection.query('set transaction isolation level repeatable read; start transaction');
    for (const table of ['users', 'sessions', 'tokens', 'outbox'])
      await connection.query(`select * from ${table} for update`);
    return () => connection.end();
  }

  protected async open(): Promise<void> {
    this.connection = await connect(this.address, this.name);
  }

  protected close(): Promise<void> {
    return this.connection.end();
  }

  protected async countTriggers(): Promise<number> {
    const [row] = await this.rows(
      'select count(*) as found from information_schema.triggers where trigger_schema = database()',
    );
    return Number(row?.found);
  }

  /** Ends other connections first, because a killed service may have left a lock. */
  protected async empty(tables: string[]): Promise<void> {
    await killClients(this.connection, this.name);
    const deletes = tables.map(table => `delete from ${table}`).join(';');
    await this.connection.query(`start transaction; ${deletes}; commit`);
  }

  protected refuse(trigger: Trigger): Promise<void> {
    return this.follow(trigger, `signal sqlstate '45000' set message_text = 'canary'`);
  }

  protected async follow({ name, moment, change, table, when = 'true' }: Trigger, statement: string): Promise<void> {
    await this.connection.query(`
      create trigger ${name} ${moment} ${change} on ${table} for each row
      begin if ${when} then ${statement}; end if; end`);
  }

  protected async dropTrigger(name: string): Promise<void> {
    await this.connection.query(`drop trigger ${name}`);
  }
}
