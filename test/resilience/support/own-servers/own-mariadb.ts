import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { DATABASE, OwnServer } from './own-server.ts';

const SMALL = ['--innodb-buffer-pool-size=32M', '--innodb-log-file-size=16M'];
/** A commit is written and not flushed: killing the server loses nothing that the kernel has. */
const UNFLUSHED = '--innodb-flush-log-at-trx-commit=2';

export class OwnMariadb extends OwnServer {
  protected readonly engine = 'mariadb';
  private readonly socket = join(this.folder, 'socket');

  urlOf(database: string): string {
    return `mysql://root@127.0.0.1:${this.port}/${database}`;
  }

  async rows(sql: string, database = DATABASE) {
    const uri = this.urlOf(database);
    const connection = await mysql.createConnection({ uri, connectTimeout: 2000, supportBigNumbers: true });
    connection.on('error', () => {});
    try {
      // biome-ignore lint/suspicious/noExplicitAny: columns are what the test states
      return (await connection.query(sql))[0] as any[];
    } finally {
      connection.destroy();
    }
  }

  async hold(statements: string[]) {
    const connection = await mysql.createConnection({ uri: this.url });
    for (const sql of statements) await connection.query(sql);
    return { release: () => connection.end() };
  }

  /** MariaDB's client programs read .my.cnf from this folder. */
  protected get clientEnvironment() {
    const where = ['host = 127.0.0.1', `port = ${this.port}`, 'user = root'];
    writeFileSync(join(this.folder, '.my.cnf'), ['[client]', ...where, ''].join('\n'), { mode: 0o600 });
    return { HOME: this.folder };
  }

  protected createData(): Promise<void> {
    const options = ['--no-defaults', `--datadir=${this.data}`, '--auth-root-authentication-method=normal'];
    return this.run('mariadb-install-db', [...options, '--skip-test-db', ...SMALL, `--user=${userInfo().username}`]);
  }

  protected command(): [string, string[]] {
    const where = [
      `--datadir=${this.data}`,
      `--socket=${this.socket}`,
      `--port=${this.port}`,
      '--bind-address=127.0.0.1',
    ];
    return [
      'mariadbd',
      ['--no-defaults', ...where, ...SMALL, UNFLUSHED, '--skip-log-bin', `--user=${userInfo().username}`],
    ];
  }

  protected makeDatabase(name: string): Promise<void> {
    return this.run('mariadb', ['--no-defaults', `--socket=${this.socket}`, '-uroot', '-e', `create database ${name}`]);
  }

  protected override ready(): string[] {
    return ['mariadb-admin', '--no-defaults', `--socket=${this.socket}`, '-uroot', 'ping'];
  }
}
