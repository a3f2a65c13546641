import { existsSync, readFileSync } from 'node:fs';
import { type Module, reachedFrom, readModules } from './support/modules.ts';

const modules = readModules();
const every = [...modules.values()];

const PERSISTENCE =
  /\.entity\.ts$|^entities\.ts$|^database\.ts$|^databases\/|^@mikro-orm\/|^kysely$|^better-sqlite3$|^pg$|^mysql2$/;
const TRANSPORT = /^graphql\/|^http\/|\.resolver\.ts$|\.types\.ts$|^(type-)?graphql$|^graphql-scalars$|^@apollo\//;
const ENTRIES = /^main\.ts$|^cli\/|^index\.ts$/;
/** The log's last lines are written when the process ends. */
const ENDINGS = /^main\.ts$|^workers\/(primary|worker)\.ts$|^ending\.ts$|^standard-output\.ts$|^cli\//;

const isTransport = ({ path }: Module) => /^(graphql|http)\/|\.resolver\.ts$|\.types\.ts$/.test(path);
const isPolicy = ({ path }: Module) =>
  /^(auth|mail)\/|^services\.ts$/.test(path) && !/\.(resolver|types)\.ts$/.test(path);
const isEntity = ({ path }: Module) => path.endsWith('.entity.ts');

/** Who, and what never stands in its imports. */
const NEVER: [string, (module: Module) => boolean, RegExp][] = [
  ['resolvers, context and routes never touch an entity, the database or the EntityManager', isTransport, PERSISTENCE],
  [
    'services and what they stand on know no GraphQL, no cookie and no request',
    isPolicy,
    new RegExp(`${TRANSPORT.source}|^node:http`),
  ],
  [
    'ports know nobody who uses them',
    ({ path }) => path.startsWith('ports/'),
    /^(auth|graphql|http|mail|cli)\/|^services\.ts$|^create-auth\.ts$/,
  ],
  [
    'mail knows no account',
    ({ path }) => path.startsWith('mail/'),
    /^(auth|graphql|http|cli)\/|^services\.ts$|^create-auth\.ts$/,
  ],
  [
    'errors and settings know no service, no surface and no table',
    ({ path }) => /^(errors|config|read-config|settings)\.ts$/.test(path),
    /\.(service|entity|resolver|types)\.ts$|^(graphql|http|mail|cli)\/|^(database|services|create-auth)\.ts$/,
  ],
  [
    'commands go through the house, not around it',
    ({ path }) => path.startsWith('cli/'),
    /^(auth|graphql|http|mail|ports)\/|^(services|entities)\.ts$|^@mikro-orm\//,
  ],
  [
    'what moves all data knows no table by name',
    ({ path }) => path.startsWith('transfer/'),
    /^(auth|graphql|http|mail|ports|cli)\/|^(services|entities|create-auth)\.ts$/,
  ],
  ['nobody but the commands knows the commands', ({ path }) => !path.startsWith('cli/'), /^cli\//],
  ['nobody but the commands knows the server of its own', ({ path }) => !path.startsWith('cli/'), /^main\.ts$/],
  [
    'nobody but who runs it knows how a process ends, and that there are workers',
    ({ path }) => !/^(main|open-house)\.ts$|^(cli|workers)\//.test(path),
    /^(ending|open-house)\.ts$|^workers\/|^node:cluster$/,
  ],
  [
    'the primary of the workers loads nothing of the house',
    ({ path }) => path === 'workers/primary.ts',
    /^(create-auth|open-house|services|database)\.ts$|^(auth|graphql|http|mail)\//,
  ],
  ['nobody in the house looks at it from outside', () => true, /^index\.ts$/],
];

/** Who, and all that may stand in its imports. */
const ONLY: [string, (module: Module) => boolean, RegExp][] = [
  ['entities are columns', isEntity, /\.entity\.ts$|^databases\/instant\.ts$|^@mikro-orm\/(core|decorators\/legacy)$/],
  [
    'a resolver knows its own types, the context, the errors and what a document may ask',
    ({ path }) => path.endsWith('.resolver.ts'),
    /\.types\.ts$|^graphql\/(context|date-time|limits)\.ts$|^errors\.ts$|^(type-)?graphql$|^graphql-scalars$/,
  ],
];

describe('the arrows between the rooms', () => {
  it.each(NEVER)('%s', (_, who, what) => {
    expect(every.filter(who)).not.toEqual([]);
    expect(importsOf(who).filter(([, from]) => what.test(from))).toEqual([]);
  });

  it.each(ONLY)('%s, and nothing else', (_, who, what) => {
    expect(every.filter(who)).not.toEqual([]);
    expect(importsOf(who).filter(([, from]) => !what.test(from))).toEqual([]);
  });

  it('no service reaches GraphQL or HTTP, on however long a way', () => {
    const services = every.filter(({ path }) => path.endsWith('.service.ts'));
    const reached = services.flatMap(({ path }) => [...reachedFrom(modules, path)]);

    expect(reached).toContain('ports/limiter.ts');
    expect(reached.filter(path => TRANSPORT.test(path))).toEqual([]);
  });

  it('never run in a circle', () => {
    expect(every.filter(({ path }) => reachedFrom(modules, path).has(path)).map(({ path }) => path)).toEqual([]);
  });

  it('lead to files that exist and packages that are installed with this one', () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    // The client libraries come with MikroORM's packages.
    const there = { ...dependencies, ...peerDependencies, pg: '', mysql2: '' };
    const known = (from: string) =>
      modules.has(from) ||
      from.startsWith('node:') ||
      (from.startsWith('../schema/') && existsSync(`src/${from}`)) ||
      from.replace(/^(@[^/]+\/[^/]+|[^/]+).*/, '$1') in there;

    expect(importsOf(() => true).filter(([, from]) => !known(from))).toEqual([]);
  });
});

describe('the edges of the house', () => {
  it.each<[string, RegExp, RegExp]>([
    [
      'the environment is read by main and the commands',
      /\bprocess\s*(\.|\?\.)\s*env\b|\bprocess\s*\[|from 'node:process'/,
      ENTRIES,
    ],
    [
      'the process is ended and its signals heard by main, the workers and the commands, its end by the log,',
      /\bprocess\s*\.\s*(exit|exitCode|on|once|kill|abort)\b/,
      ENDINGS,
    ],
    ['the time is asked of the clock', /\bnew Date\(\s*\)|\bDate\.now\b|\bDate\(\)|\bTemporal\b/, /^ports\/clock\.ts$/],
    ['passwords are hashed in a hash thread', /from 'bcrypt'/, /^ports\/hash-thread\.ts$/],
    ['mail is sent by its port', /(from |import\()'nodemailer/, /^ports\/smtp-mailer\.ts$/],
  ])('%s alone', (_, deed, place) => {
    const doers = every.filter(({ text }) => deed.test(text)).map(({ path }) => path);

    expect(doers).not.toEqual([]);
    expect(doers.filter(path => !place.test(path))).toEqual([]);
  });

  it('nothing is random but by the cryptographic source, where anything hangs on it', () => {
    const rollers = every.filter(({ text }) => /\bMath\.random\b/.test(text)).map(({ path }) => path);

    expect(rollers.filter(path => !path.startsWith('databases/'))).toEqual([]);
  });
});

function importsOf(who: (module: Module) => boolean): [string, string][] {
  return every.filter(who).flatMap(({ path, imports }) => imports.map((from): [string, string] => [path, from]));
}
