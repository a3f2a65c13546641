import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import mysql from 'mysql2/promise';
import pg from 'pg';

export type Kind = 'sqlite' | 'postgresql' | 'mariadb';

/** The database of one contestant. */
export interface BenchDatabase {
  kind: Kind;
  url: string;
  /** The file of a SQLite database, otherwise empty. */
  file: string;
  version: string;
  drop(): Promise<void>;
}

const SERVERS = {
  postgresql: process.env.BENCH_POSTGRESQL ?? 'postgres://postgres@127.0.0.1:5432',
  mariadb: process.env.BENCH_MYSQL ?? 'mysql://root@127.0.0.1:3306',
};

let count = 0;

const SQLITE = `SQLite ${new SQLite(':memory:').prepare('select sqlite_version()').pluck().get()}`;

/** Creates an empty database. Rejects when there is no such server. */
export function createDatabase(kind: Kind): Promise<BenchDatabase> {
  if (kind === 'sqlite') return Promise.resolve(createFile());
  return createOnServer(kind, `bienvenue_bench_${process.pid}_${++count}`);
}

function createFile(): BenchDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'bienvenue-bench-'));
  const file = join(folder, 'bench.sqlite');
  const drop = async () => rmSync(folder, { recursive: true, force: true });
  return { kind: 'sqlite', url: `sqlite:${file}`, file, version: SQLITE, drop };
}

async function createOnServer(kind: 'postgresql' | 'mariadb', name: string): Promise<BenchDatabase> {
  const run = kind === 'postgresql' ? runOnPostgresql : runOnMariadb;
  await run(`create database ${name}`);
  const url = new URL(SERVERS[kind]);
  url.pathname = `/${name}`;
  const version = await run('select version() as version');
  const drop = async () =>
    void (await run(kind === 'postgresql' ? `drop database ${name} with (force)` : `drop database ${name}`));
  return { kind, url: url.href, file: '', version: kind === 'mariadb' ? `MariaDB ${version}` : version, drop };
}

/** The column `version`, up to the end of the number. */
const firstVersion = (rows: { version?: string }[]) => /^[A-Za-z ]*[\d.]+/.exec(rows[0]?.version ?? '')?.[0] ?? '';

async function runOnPostgresql(sql: string): Promise<string> {
  const client = new pg.Client({ connectionString: `${SERVERS.postgresql.replace(/\/$/, '')}/postgres` });
  await client.connect();
  try {
    return firstVersion((await client.query(sql)).rows);
  } finally {
    await client.end();
  }
}

async function runOnMariadb(sql: string): Promise<string> {
  const connection = await mysql.createConnection(SERVERS.mariadb);
  try {
    const [rows] = await connection.query(sql);
    return firstVersion(Array.isArray(rows) ? (rows as { version?: string }[]) : []);
  } finally {
    await connection.end();
  }
}
