import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { sessionQuery } from '../dist/src/auth/session-query.js';
import { openDatabase } from '../dist/src/database.js';
import { type BenchDatabase, createDatabase, type Kind } from './databases.ts';
import { PERSON, PROFILE, REGISTER } from './operations.ts';
import type { Running } from './processes.ts';
import { type Operation, type RawRequest, rawRequest, sendOnce } from './raw-request.ts';
import type { Stage } from './stage.ts';

/** A server under test, with its who-am-I request. */
export interface Contestant {
  running: Running;
  place?: BenchDatabase;
  whoAmI: RawRequest;
  cookie: string;
}

/** How to start a server. */
export interface Recipe {
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
}

const OURS = 'dist/src/cli/bienvenue.js';
export const AUTH_SECRET = 'a secret for benchmarks, never used elsewhere';
export const profileOf = (cookie: string): Operation => ({
  headers: { cookie },
  body: { query: PROFILE },
  expect: PERSON.email,
});
/** More texts than the service caches, so that each has to be parsed and validated again. */
const NEW_TEXTS = 3000;

/** The same query with a different text each time. */
export const inNewTexts = ({ running, cookie }: Contestant): RawRequest[] =>
  Array.from({ length: NEW_TEXTS }, (_, index) => {
    const query = PROFILE.replace('Profile', `Profile${index}`);
    return rawRequest(running.url, { ...profileOf(cookie), body: { query } });
  });

export const getSession = (cookie: string): Operation => ({
  method: 'GET',
  path: '/api/auth/get-session',
  headers: { cookie },
  expect: PERSON.email,
});

const PEERS = new URL('peers/', import.meta.url).pathname;

/** Installs the peers into a folder of their own, the first time. */
export function installPeers(): void {
  if (existsSync(`${PEERS}node_modules/.package-lock.json`)) return;
  console.log('Installing the peers into bench/peers ...');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: PEERS, stdio: 'inherit' });
  if (status !== 0) throw new Error('npm ci failed in bench/peers.');
}

export function versionsOfPeers(): string {
  const { dependencies } = JSON.parse(readFileSync(`${PEERS}package.json`, 'utf8'));
  const named = ['@apollo/server', 'mercurius', 'fastify', 'better-auth'];
  return named.map(name => `${name} ${dependencies[name]}`).join(', ');
}

export function recipeOfOurs(place: BenchDatabase, settings: NodeJS.ProcessEnv = {}): Recipe {
  const env = { DATABASE_URL: place.url, BIENVENUE_BCRYPT_COST: '10', ...settings };
  return { args: [OURS, 'serve'], env };
}

export function recipeOfPeer(name: 'apollo' | 'mercurius' | 'better-auth', place?: BenchDatabase): Recipe {
  const env = { NODE_ENV: 'production', DATABASE_URL: place?.url, AUTH_SECRET };
  return { args: [`${name}.mjs`], env, cwd: PEERS };
}

const SESSION_QUERY = await readSessionQuery();

/** Gets the query as an argument: importing the service's modules would make it start as slowly as the service. */
export function recipeOfBare({ file }: BenchDatabase): Recipe {
  return { args: ['bench/bare.mjs', file, SESSION_QUERY], env: {} };
}

async function readSessionQuery(): Promise<string> {
  const place = await createDatabase('sqlite');
  const database = await openDatabase({ databaseUrl: place.url, databasePool: 1 });
  const query = sessionQuery(database);
  await database.close();
  await place.drop();
  return query;
}

/** The service as users start it, with one user signed in. */
export async function ours(
  stage: Stage,
  place: BenchDatabase,
  settings?: NodeJS.ProcessEnv,
  pin = true,
): Promise<Contestant> {
  const { args, env } = recipeOfOurs(place, settings);
  return signInToOurs(await stage.start(args, env, { pin }), place);
}

export async function signInToOurs(running: Running, place: BenchDatabase): Promise<Contestant> {
  const body = { query: REGISTER, variables: PERSON };
  const { text } = await sendOnce(running.url, { body, expect: '"token"' });
  const cookie = `session_id=${JSON.parse(text).data.register.token}`;
  return contestantOf(running, profileOf(cookie), cookie, place);
}

/** Node and one prepared statement over the same file: the upper bound. */
export async function bare(stage: Stage, { place, cookie }: Contestant): Promise<Contestant> {
  const running = await stage.start(recipeOfBare(place as BenchDatabase).args);
  return contestantOf(running, profileOf(cookie), cookie);
}

/** A GraphQL server without a session lookup. */
export async function trivial(stage: Stage, name: 'apollo' | 'mercurius'): Promise<Contestant> {
  const { args, env, cwd } = recipeOfPeer(name);
  return contestantOf(await stage.start(args, env, { cwd }), profileOf(''), '');
}

export async function betterAuth(stage: Stage, place: BenchDatabase): Promise<Contestant> {
  const { args, env, cwd } = recipeOfPeer('better-auth', place);
  const running = await stage.start(args, env, { cwd });
  const { cookies } = await sendOnce(running.url, {
    path: '/api/auth/sign-up/email',
    headers: { origin: running.url },
    body: { ...PERSON, name: 'Bench' },
    expect: PERSON.email,
  });
  return contestantOf(running, getSession(cookies), cookies, place);
}

/** Checks one response before the measurement. */
async function contestantOf(
  running: Running,
  operation: Operation,
  cookie: string,
  place?: BenchDatabase,
): Promise<Contestant> {
  await sendOnce(running.url, operation);
  return { running, place, whoAmI: rawRequest(running.url, operation), cookie };
}

/** Opens one contestant for each kind of database that is available. */
export async function onEach(
  stage: Stage,
  kinds: Kind[],
  open: (place: BenchDatabase) => Promise<Contestant>,
): Promise<Map<Kind, Contestant>> {
  const opened = new Map<Kind, Contestant>();
  for (const kind of kinds) {
    const place = await stage.database(kind);
    if (place) opened.set(kind, await open(place));
  }
  return opened;
}
