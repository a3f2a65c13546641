import { existsSync, readFileSync } from 'node:fs';
import { type Module, reachedFrom, readModules } from './support/modules.ts';

const modules = readModules();
const every = [...modules.values()];

/** The folders and files of src that a folder may import from, beside itself. Files of the composition root are listed by name. */
const MAY_IMPORT: Record<string, string[]> = {
  core: [],
  options: ['core', 'auth', 'persistence'],
  persistence: ['core', 'options'],
  'rate-limits': ['core', 'options', 'persistence'],
  mail: ['core', 'options', 'persistence'],
  auth: ['core', 'options', 'persistence', 'rate-limits', 'mail', 'feature', 'graphql'],
  feature: ['core', 'options', 'persistence', 'cleanup', 'rate-limits', 'mail', 'auth', 'graphql', 'request'],
  'features/*': ['core', 'options', 'persistence', 'rate-limits', 'mail', 'auth', 'feature', 'graphql'],
  composition: ['*'],
  request: ['core', 'options', 'persistence', 'auth', 'feature', 'composition', 'graphql'],
  graphql: ['core', 'auth', 'request', 'composition'],
  http: ['core', 'options', 'mail', 'graphql', 'request', 'composition', 'feature'],
  server: ['core', 'options', 'mail', 'http', 'composition'],
  transfer: ['core', 'persistence'],
  cleanup: ['core', 'options', 'persistence', 'rate-limits'],
  doctor: ['core', 'options', 'persistence', 'auth', 'rate-limits', 'mail', 'request', 'composition'],
  cli: ['core', 'options', 'persistence', 'auth', 'rate-limits', 'transfer', 'server', 'doctor', 'composition'],
  client: [],
  index: ['*'],
};

/** Entry points: nothing in the package imports them. */
const ENTRY_POINTS = ['cli', 'doctor', 'server', 'http', 'transfer', 'client', 'index'];

const FILES: [RegExp, string][] = [
  [/^features\/[^/]+\//, 'features/*'],
  // It runs in one replica per interval, which a rate limit decides.
  [/^persistence\/cleanup-job\.ts$/, 'cleanup'],
  [/^(create-auth|database|registry|features|work)\.ts$/, 'composition'],
  [/^(feature|index)\.ts$/, ''],
];

function folderOf(path: string): string {
  const [, name] = FILES.find(([pattern]) => pattern.test(path)) ?? [];
  return name || path.replace(/\/.*|\.ts$/g, '');
}

const GRAPHQL_OR_HTTP =
  /^(graphql|http)\/|\.(resolver|types)\.ts$|^(type-)?graphql$|^graphql-scalars$|^@apollo\/|^node:http/;
const DATABASE = /\.entity\.ts$|^persistence\/|^@mikro-orm\/|^kysely$|^better-sqlite3$|^pg$|^mysql2$/;
const named = (suffix: string) => every.filter(({ path }) => path.endsWith(suffix));
const importsOf = (files: Module[]) =>
  files.flatMap(({ path, imports }) => imports.map((to): [string, string] => [path, to]));

describe('imports between folders', () => {
  it('are stated for every folder', () => {
    expect([...new Set(every.map(({ path }) => folderOf(path)))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  it.each(Object.entries(MAY_IMPORT))('%s imports from %j only', (folder, allowed) => {
    const files = every.filter(({ path }) => folderOf(path) === folder);
    const wrong = importsOf(files).filter(([path, to]) => {
      if (!modules.has(to)) return false;
      const target = folderOf(to);
      if (target === folder) return folder === 'features/*' && featureOf(path) !== featureOf(to);
      return allowed.includes('*') ? ENTRY_POINTS.includes(target) && folder !== 'index' : !allowed.includes(target);
    });

    expect(wrong).toEqual([]);
  });

  it('never form a cycle', () => {
    // Imports of types alone are erased, so they cannot change the order of evaluation.
    expect(every.map(({ path }) => path).filter(path => reachedFrom(modules, path, 'loaded').has(path))).toEqual([]);
  });

  it('lead to files that exist and to packages that are installed with this one', () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    // The client libraries of the databases come with the packages of MikroORM.
    const installed = { ...dependencies, ...peerDependencies, pg: '', mysql2: '' };
    const isKnown = (to: string) =>
      modules.has(to) ||
      to.startsWith('node:') ||
      (to.startsWith('../schema/') && existsSync(`src/${to}`)) ||
      to.replace(/^(@[^/]+\/[^/]+|[^/]+).*/, '$1') in installed;

    expect(importsOf(every).filter(([, to]) => !isKnown(to))).toEqual([]);
  });
});

describe('imports by role', () => {
  it('an entity imports entities, its column types and MikroORM only', () => {
    const allowed = /\.entity\.ts$|^persistence\/(instant|json-text)\.ts$|^@mikro-orm\/(core|decorators\/legacy)$/;

    expect(named('.entity.ts')).not.toEqual([]);
    expect(importsOf(named('.entity.ts')).filter(([, to]) => !allowed.test(to))).toEqual([]);
  });

  it('a resolver imports no entity and no database', () => {
    expect(named('.resolver.ts')).not.toEqual([]);
    expect(importsOf(named('.resolver.ts')).filter(([, to]) => DATABASE.test(to))).toEqual([]);
  });

  it('a service reaches neither GraphQL nor HTTP, directly or through what it imports', () => {
    const reached = named('.service.ts').flatMap(({ path }) => [...reachedFrom(modules, path)]);

    expect(reached).toContain('core/errors.ts');
    expect(reached.filter(path => GRAPHQL_OR_HTTP.test(path))).toEqual([]);
  });

  it('the primary process of the workers loads neither the database nor the schema', () => {
    const reached = [...reachedFrom(modules, 'server/cluster/primary.ts', 'loaded')];

    const heavy = /^(create-auth|database)\.ts$|^(graphql|http)\/|^@mikro-orm\/|^(type-)?graphql$|^@apollo\//;
    expect(reached.filter(path => heavy.test(path))).toEqual([]);
  });
});

describe('the client kit', () => {
  const files = every.filter(({ path }) => path.startsWith('client/'));

  it('imports the typed documents, Apollo Client and its own folder: nothing of the server or of Node.js', () => {
    const allowed = /^client\/|^\.\.\/schema\/(documents|types)\.ts$|^@apollo\/client(\/react)?$|^graphql$|^react$/;

    expect(files).not.toEqual([]);
    expect(importsOf(files).filter(([, to]) => !allowed.test(to))).toEqual([]);
  });

  it('has a core without React', () => {
    const reached = [...reachedFrom(modules, 'client/index.ts')];

    expect(reached).toContain('client/auth-error.ts');
    expect(reached.filter(path => /^react|^client\/react\/|^@apollo\/client\/react/.test(path))).toEqual([]);
  });
});

describe('what has one place in the code', () => {
  it.each<[string, RegExp, RegExp]>([
    [
      'process.env',
      /\bprocess\s*(\.|\?\.)\s*env\b|\bprocess\s*\[|from 'node:process'/,
      /^server\/environment\.ts$|^cli\//,
    ],
    [
      'process.exit and signals',
      /\bprocess\s*\.\s*(exit|exitCode|on|once|kill|abort)\b/,
      /^server\/(serve|process-exit|log-output)\.ts$|^server\/cluster\/|^cli\/|^core\/log\.ts$/,
    ],
    ['the current time', /\bnew Date\(\s*\)|\bDate\.now\b|\bDate\(\)|\bTemporal\b/, /^core\/(clock|node)\.ts$/],
    ['bcrypt', /from 'bcrypt'/, /^auth\/hash-thread\.ts$/],
    ['nodemailer', /(from |import\()'nodemailer/, /^mail\/smtp-mailer\.ts$/],
  ])('%s', (_, pattern, place) => {
    const users = every.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

    expect(users).not.toEqual([]);
    expect(users.filter(path => !place.test(path))).toEqual([]);
  });

  it('Math.random, which only spreads retries of the database', () => {
    const users = every.filter(({ text }) => /\bMath\.random\b/.test(text)).map(({ path }) => path);

    expect(users.filter(path => !path.startsWith('persistence/'))).toEqual([]);
  });
});

function featureOf(path: string): string | undefined {
  return path.split('/')[1];
}
