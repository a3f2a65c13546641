import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { DATABASE, OwnServer, type User } from './own-server.ts';

/** Debian installs each version's programs in a separate folder; elsewhere they are in the PATH. */
const [NEWEST = ''] = globSync('/usr/lib/postgresql/*/bin/').sort().toReversed();
const program = (name: string) => join(NEWEST, name);

export class OwnPostgresql extends OwnServer {
  protected readonly engine = 'postgresql';
  protected override readonly immediateStop = 'SIGQUIT';
  protected override readonly user = userToRunAs();

  urlOf(database: string): string {
    return `postgresql://postgres@127.0.0.1:${this.port}/${database}`;
  }

  async rows(sql: string, database = DATABASE) {
    const client = new pg.Client({ connectionString: this.urlOf(database), connectionTimeoutMillis: 2000 });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async hold(statements: string[]) {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    for (const sql of statements) await client.query(sql);
    return { release: () => client.end() };
  }

  protected get clientEnvironment() {
    const path = [NEWEST, process.env.PATH].filter(Boolean).join(':');
    return { PATH: path, PGHOST: '127.0.0.1', PGPORT: `${this.port}`, PGUSER: 'postgres' };
  }

  protected async createData(): Promise<void> {
    const options = ['-D', this.data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
    await this.run(program('initdb'), options);
  }

  protected command(): [string, string[]] {
    const options = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: this.folder,
      shared_buffers: '32MB',
      // Killing the server loses nothing that the kernel has.
      fsync: 'off',
    };
    const settings = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return [program('postgres'), ['-D', this.data, '-p', `${this.port}`, ...settings]];
  }

  protected async makeDatabase(name: string): Promise<void> {
    const there = ['-h', '127.0.0.1', '-p', `${this.port}`, '-U', 'postgres'];
    await this.run(program('createdb'), [...there, name]);
  }

  protected override ready(): string[] {
    return [program('pg_isready'), '-h', '127.0.0.1', '-p', `${this.port}`];
  }
}

/** PostgreSQL refuses to run as root. */
function userToRunAs(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (kind: string) => Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
