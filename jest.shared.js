import { globSync, readFileSync } from 'node:fs';

/** What every kind of test needs. */
export const shared = {
  // Runs test files as plain Node modules, and loads those of the service once per process instead of once per file.
  runner: ['jest-light-runner', { runtime: 'child_process' }],
  transform: {},
  globalSetup: '<rootDir>/test/support/databases/setup.ts',
  globalTeardown: '<rootDir>/test/support/databases/teardown.ts',
  // Jest leaves one core free by default; the suite may use all of them.
  maxWorkers: '100%',
};

const ENGINES = ['sqlite', 'postgresql', 'mysql'];

/** The database engine of this run. */
export const engine = process.env.TEST_DATABASE || 'sqlite';
if (!ENGINES.includes(engine)) throw new Error(`TEST_DATABASE: set it to one of ${ENGINES.join(', ')}.`);

/**
 * Transport, processes and the checks of input are the same on every database: a test of these runs once, unless it
 * handles the database itself.
 */
const RUN_ONCE = new RegExp(
  `^test/(${[
    'access|arrows|cli[./]|client/|embedding/|examples/|graphql-limits|http/|mail/(brand|messages|template-)|operations|options/|process/',
    'auth/(account-ids|blank-tokens|busy|common-passwords|email-form|known-devices|limit-sources|login-responses)',
    'auth/(password-length|passwords|secrets|session-cookie|session-transport|spraying)',
  ].join('|')})`,
);
const HANDLES_DATABASE = /from '[./]+\/support\/databases\/(?!statements)/;
const OPENS_DATABASE = /from '[./]+\/(support\/(app|replicas|server|databases\/[\w-]+)|src\/create-auth)\.ts'/;

/** What runs again on PostgreSQL and MySQL, decided by what a file imports: no list to forget a new test in. */
function runsHere(file) {
  // A folder named after an engine holds what only that engine can show.
  const [, owner] = /^test\/(sqlite|postgresql|mysql)\//.exec(file) ?? [];
  if (owner) return owner === engine;
  if (engine === 'sqlite') return true;
  return (RUN_ONCE.test(file) ? HANDLES_DATABASE : OPENS_DATABASE).test(readFileSync(file, 'utf8'));
}

/** The test files of a kind, such as `process` or `{test,process}`, that run on the database engine of TEST_DATABASE. */
export const testFiles = kind =>
  globSync(`test/**/*.${kind}.ts`)
    .filter(runsHere)
    .map(file => `<rootDir>/${file}`);
