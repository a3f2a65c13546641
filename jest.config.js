import { globSync, readFileSync } from 'node:fs';
import { shared } from './jest.shared.js';

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
function runsHere(file) {
  // A folder named after an engine holds what only that engine can show.
  const [, owner] = /^test\/(sqlite|postgresql|mysql)\//.exec(file) ?? [];
  if (owner) return owner === engine;
  if (engine === 'sqlite') return true;
  return (RUN_ONCE.test(file) ? HANDLES_DATABASE : OPENS_DATABASE).test(readFileSync(file, 'utf8'));
}

const files = globSync('test/**/*.test.ts').filter(runsHere);

export default { ...shared, testMatch: files.map(file => `<rootDir>/${file}`) };
