import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
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

const files = globSync('test/**/*.test.ts').filter(runsHere).sort();

const GROUPS = '.test-groups';
const GROUP_SIZE = 10;

/** Hooks outside of a `describe` would run for the whole group, and type-graphql's metadata is one global. */
const RUNS_ALONE = /^(before|after)(All|Each)\(|from 'type-graphql'/m;

/**
 * Loading the modules of a file takes longer than most of its tests: 40 % of the time of the whole suite. So files of a
 * folder are loaded together, by a module that imports them.
 */
function writeGroups() {
  const [alone, together] = [true, false].map(value =>
    files.filter(file => RUNS_ALONE.test(readFileSync(file, 'utf8')) === value),
  );
  rmSync(GROUPS, { recursive: true, force: true });
  mkdirSync(GROUPS, { recursive: true });
  for (const [folder, inFolder] of Map.groupBy(together, dirname)) {
    for (let first = 0; first < inFolder.length; first += GROUP_SIZE) {
      const imports = inFolder.slice(first, first + GROUP_SIZE).map(file => `import '../${file}';\n`);
      const name = `${folder.replaceAll('/', '-')}-${first / GROUP_SIZE + 1}`;
      writeFileSync(`${GROUPS}/${name}.test.ts`, imports.join(''));
    }
  }
  return [`${GROUPS}/*.test.ts`, ...alone];
}

/** Files that are named on the command line run by themselves. */
const namesFiles = process.argv.slice(2).some(argument => !argument.startsWith('-'));

export default {
  ...shared,
  testMatch: (namesFiles ? files : writeGroups()).map(file => `<rootDir>/${file}`),
  // A worker keeps the modules of every file that it has run. One of more than a gigabyte takes too long to exit.
  workerIdleMemoryLimit: '700MB',
};
