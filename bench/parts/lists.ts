import { createLog } from '../../dist/src/core/log.js';
import { type Auth, createAuth } from '../../dist/src/create-auth.js';
import { optionsFromEnvironment } from '../../dist/src/options/environment.js';
import type { BenchDatabase, Kind } from '../databases.ts';
import { fillLists, idOf, OLD } from '../fill-lists.ts';
import { median } from '../quantile.ts';
import { type Findings, present, type Row, ratio, type Sample, sample } from '../result.ts';
import type { Stage } from '../stage.ts';

const ROWS = 1e6;
const ENGINES: Kind[] = ['sqlite', 'postgresql', 'mariadb'];
const NAMES: Record<Kind, string> = { sqlite: 'SQLite', postgresql: 'PostgreSQL', mariadb: 'MariaDB' };
/** Pages read in one round; the first of all rounds are not counted. */
const TIMES = 20;
const COLUMNS = ['ms', 'to the first page'];

/** A page of a list, and the one that its time is compared to. */
interface PageRead {
  name: string;
  first: string;
  read: () => Promise<{ edges: unknown[] }>;
}

/** Pages of users and events in large tables, against the first page of the same list. */
export async function measure(stage: Stage): Promise<Findings> {
  const rows = Math.min(ROWS, stage.options.maxSessions);
  const tables = [];
  const ratios: Record<string, Sample | undefined> = {};
  for (const engine of ENGINES) {
    const place = await stage.database(engine);
    if (!place) continue;
    const pages = pagesOf(await open(stage, place, rows), rows);
    for (const { read } of pages) await timesOf(read);
    const seen = await stage.inTurns(new Map(pages.map(({ name, read }) => [name, () => timesOf(read)])));
    tables.push({
      title: `${NAMES[engine]}, ${rows.toLocaleString('en')} rows`,
      columns: COLUMNS,
      rows: rowsOf(pages, seen),
    });
    ratios[`lists/users/${engine}`] = ratio(seen.get(LAST_USERS), seen.get(FIRST_USERS));
    ratios[`lists/events/${engine}`] = ratio(seen.get(LAST_EVENTS), seen.get(FIRST_EVENTS));
  }
  return { tables, ratios: present(ratios) };
}

const FIRST_USERS = 'users: first page';
const LAST_USERS = 'users: last page';
const FIRST_EVENTS = 'events: first page';
const LAST_EVENTS = 'events: last page';

function rowsOf(pages: PageRead[], seen: Map<string, number[]>): Row[] {
  return pages.map(({ name, first }) => ({
    name,
    cells: present({
      ms: sample(seen.get(name) as number[]),
      'to the first page': ratio(seen.get(name), seen.get(first)),
    }),
  }));
}

async function open(stage: Stage, place: BenchDatabase, rows: number): Promise<Auth> {
  const options = optionsFromEnvironment({
    DATABASE_URL: place.url,
    BIENVENUE_ROLES: 'SUPPORT,MEMBER',
    LOG_LEVEL: 'silent',
  });
  const start = () => createAuth(options, { log: createLog('silent') });
  await (await start()).close();
  await fillLists(place, rows);
  const auth = await start();
  stage.atEnd(() => auth.close());
  return auth;
}

function pagesOf(auth: Auth, rows: number): PageRead[] {
  const page = (list: string, number?: number) => {
    const after = number === undefined ? null : Buffer.from(`${list}:${idOf(number)}`).toString('base64url');
    return { first: 50, after };
  };
  const users = (name: string, filter: object, number?: number): PageRead => ({
    name: `users: ${name}`,
    first: FIRST_USERS,
    read: () => auth.work(({ admin }) => admin.users(filter, page('users', number))),
  });
  const events = (name: string, filter: object, number?: number): PageRead => ({
    name: `events: ${name}`,
    first: FIRST_EVENTS,
    read: () => auth.work(({ admin }) => admin.events(filter, page('events', number))),
  });
  const [middle, last] = [rows / 2, 50];
  return [
    users('first page', {}),
    users('middle', {}, middle),
    users('last page', {}, last),
    users('a role of 1 %, first page', { role: 'SUPPORT' }),
    users('a role of 1 %, last page', { role: 'SUPPORT' }, last * 100),
    users('a role of 99 %, middle', { role: 'MEMBER' }, middle),
    users('disabled, 1 %, first page', { disabled: true }),
    users('disabled, 1 %, last page', { disabled: true }, last * 100),
    users('not disabled, middle', { disabled: false }, middle),
    users('role and disabled, both 1 %', { role: 'SUPPORT', disabled: true }, middle),
    users('search with one match', { search: `person-${rows - 1}@` }),
    users('search with 1,111 matches or fewer', { search: 'person-999' }),
    users('search by name', { search: 'name 999' }),
    users('search that most users match, first page', { search: 'person-' }),
    users('search that most users match, middle', { search: 'person-' }, middle),
    users('search that most users match, and a role', { search: 'person-', role: 'SUPPORT' }, middle),
    users(`search that the ${OLD.toLocaleString('en')} oldest users match`, { search: 'old-' }),
    events('first page', {}),
    events('middle', {}, middle),
    events('last page', {}, last),
    events('of one user', { userId: idOf(7) }),
    events('of one type, 1 %, middle', { type: 'DELETED' }, middle),
    events('of one user and a type that they do not have', { userId: idOf(7), type: 'DELETED' }),
  ];
}

/** Median milliseconds. */
async function timesOf(read: PageRead['read']): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < TIMES; count++) {
    const began = performance.now();
    await read();
    times.push(performance.now() - began);
  }
  return median(times);
}
