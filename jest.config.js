import { globSync, readFileSync } from 'node:fs';

const ENGINES = ['sqlite', 'postgresql', 'mysql'];

const engine = process.env.TEST_DATABASE || 'sqlite';
if (!ENGINES.includes(engine)) throw new Error(`TEST_DATABASE: set it to one of ${ENGINES.join(', ')}.`);

/**
 * Transport, processes and the checks of input are the same on every database: a test of these runs once, unless it
 * handles the database itself.
 */
const RUN_ONCE = new RegExp(
  `^test/(${[
    'arrows|cli[./]|client/|embedding/|examples/|graphql-limits|http/|options/|process/',
    'auth/(account-ids|blank-tokens|common-passwords|email-form|limit-sources|password-length|passwords|session-cookie|session-transport)',
  ].join('|')})`,
);
const HANDLES_DATABASE = /from '[./]+\/support\/databases\//;
const OPENS_DATABASE = /from '[./]+\/(support\/(app|replicas|server|databases\/[\w-]+)|src\/create-auth)\.ts'/;

/** What runs again on PostgreSQL and MySQL, decided by what a file imports: no list to forget a new test in. */
function databaseTests() {
  const runsHere = file => {
    const text = readFileSync(file, 'utf8');
    return (RUN_ONCE.test(file) ? HANDLES_DATABASE : OPENS_DATABASE).test(text) || file.startsWith(`test/${engine}/`);
  };
  return globSync('test/**/*.test.ts')
    .filter(runsHere)
    .map(file => `<rootDir>/${file}`);
}

/** What every kind of test needs. */
export const shared = {
  testEnvironment: 'node',
  // A folder named after an engine holds what only that engine can show.
  testPathIgnorePatterns: [
    '/node_modules/',
    ...ENGINES.filter(other => other !== engine).map(other => `<rootDir>/test/${other}/`),
  ],
  globalSetup: '<rootDir>/test/support/databases/setup.ts',
  globalTeardown: '<rootDir>/test/support/databases/teardown.ts',
  extensionsToTreatAsEsm: ['.ts'],
  setupFiles: ['<rootDir>/test/support/stack-traces.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
      },
    ],
  },
  // Jest leaves one core free by default; the suite may use all of them.
  maxWorkers: '100%',
  // Only ends a test that hangs. It is no measure of speed, so a busy machine never reaches it.
  testTimeout: 120_000,
};

export default {
  ...shared,
  testMatch: engine === 'sqlite' ? ['<rootDir>/test/**/*.test.ts'] : databaseTests(),
  // A worker keeps the modules of every file that it has run. One of more than a gigabyte takes too long to exit.
  workerIdleMemoryLimit: '700MB',
};
