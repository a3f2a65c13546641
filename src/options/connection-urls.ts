import { homedir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { connectionUrlIssue, parseConnectionUrl } from '../persistence/connection-url.ts';

export type DatabaseOptions = SqliteDatabase | ServerDatabase;

export interface SqliteDatabase {
  readonly kind: 'sqlite';
  readonly path: string;
}

export interface ServerDatabase {
  /** `mysql` stands for MariaDB too. */
  readonly kind: 'postgresql' | 'mysql';
  readonly url: string;
  /** Maximum number of connections from each process. */
  readonly poolSize: number;
}

const SQLITE = 'sqlite:';

export const databaseUrl = connectionUrl(url =>
  url.startsWith(SQLITE) ? sqliteIssue(url.slice(SQLITE.length).trim()) : connectionUrlIssue(url),
);

export const redisUrl = connectionUrl(url => {
  const parsed = serverUrl(url, ['redis:', 'rediss:']);
  if (!parsed) return 'set it to rediss://USER:PASSWORD@HOST or redis://localhost:6379.';
  if (!/^\/?\d*$/.test(parsed.pathname))
    return 'the path has to be the number of a Redis database, such as /2; correct it.';
  return encodingIssue(parsed);
});

export const smtpUrl = connectionUrl(url => {
  const parsed = serverUrl(url, ['smtp:', 'smtps:']);
  if (!parsed) return 'set it to smtps://USER:PASSWORD@HOST or smtp://localhost:25.';
  // A raw slash in the password ends the host name early, and the mail would go to another server.
  if (!/^\/?$/.test(parsed.pathname)) return 'a mail server has no path; remove it, and write / in a password as %2F.';
  return encodingIssue(parsed);
});

/** How to reach the database that a checked `databaseUrl` names. */
export function databaseOf(options: { readonly databaseUrl: string; readonly databasePool: number }): DatabaseOptions {
  const { databaseUrl: url, databasePool: poolSize } = options;
  if (!url.startsWith(SQLITE)) return { kind: parseConnectionUrl(url).kind, url, poolSize };
  const path = url.slice(SQLITE.length).trim();
  return { kind: 'sqlite', path: path.startsWith('~/') ? join(homedir(), path.slice(2)) : path };
}

/** A string that passes unchanged unless `issueOf` returns an issue. */
function connectionUrl(issueOf: (url: string) => string | undefined) {
  return v.pipe(
    v.string('set it to a URL.'),
    v.rawCheck(({ dataset, addIssue }) => {
      const message = dataset.typed && issueOf(dataset.value);
      if (message) addIssue({ message });
    }),
  );
}

function sqliteIssue(path: string): string | undefined {
  if (path === '' || path.startsWith('//')) return 'set it to sqlite:PATH, with the path right after the colon.';
  if (path.startsWith(':'))
    return 'a database in memory would lose every account with the process; set it to sqlite:PATH.';
  if (/[?#]/.test(path)) return 'sqlite:PATH takes no parameters; remove what follows ? or #.';
  if (/^~(?!\/)/.test(path)) return 'only ~/ is understood as a home folder; set it to sqlite:PATH with a full path.';
  return undefined;
}

function serverUrl(url: string, protocols: string[]): URL | undefined {
  const parsed = URL.parse(url);
  return parsed?.hostname && protocols.includes(parsed.protocol) ? parsed : undefined;
}

/** Checked here, because drivers decode these parts later, and their errors do not name the option. */
function encodingIssue({ username, password, hostname, pathname, hash }: URL): string | undefined {
  if (hash) return 'a # starts a fragment, which has no meaning here; write # in a password as %23.';
  try {
    for (const part of [username, password, hostname, pathname]) decodeURIComponent(part);
    return undefined;
  } catch {
    return 'a % has to start an encoded byte such as %2F; write % itself as %25.';
  }
}
