import { version } from '../core/package.ts';
import { ConfigError } from '../options/define.ts';
import { type Command, parseArguments, UsageError } from './command.ts';
import { boundYoungGeneration } from './young-generation.ts';

const HELP = `Bienvenue ${version}, the GraphQL authentication service

Usage: bienvenue COMMAND

  serve              run the server
  migrate [up]       bring the tables up to date
  migrate down       revert the last migration and delete the data in its tables; needs --yes and a stopped service
  migrate status     list the migrations and when they ran
  doctor             check the settings and everything that they name, and say from which origins browsers send the
                     session cookie: [--json] [--origin ORIGIN]...; exit code 1 when something is wrong
  check              list accounts that get no mail because their stored e-mail address is invalid
  export [FILE]      write all data to a new file, or to stdout
  import [FILE]      read an export, or stdin, into an empty database

  user list          list accounts, newest first
                       [--search TEXT] [--role ROLE] [--disabled] [--limit N] [--after CURSOR]
  user show USER     show an account with its sessions and last events
  user create EMAIL  create an account, and print a link that sets its password: [--role ROLE]... [--name NAME]
  user disable USER  refuse sign-ins, and end all sessions and links: [--reason REASON]
  user enable USER   permit sign-ins again
  user roles USER    print the roles; with a list such as ADMIN,SUPPORT, replace them; "" removes all
  user reset-link USER
                     print a link that sets a new password
  user delete USER   delete an account and all that belongs to it; needs --yes
  sessions revoke USER
                     end all sessions of an account

  USER is an e-mail address or an id. With --json, these commands print JSON: for a list, one line for each account.

  --help, --version

Settings come from the environment, and from .env in the working directory. NAME_FILE names a file that contains the
value of NAME.
`;

/** Loaded on demand, so that --help does not wait for the database modules. */
const COMMANDS = new Map<string, () => Promise<Command>>([
  ['serve', loadServe],
  ['migrate', async () => (await import('./migrate.ts')).migrateCommand],
  ['check', async () => (await import('./check.ts')).checkCommand],
  ['export', async () => (await import('./export.ts')).exportCommand],
  ['import', async () => (await import('./import.ts')).importCommand],
]);

/** Commands that have options of their own. */
const ACTION_COMMANDS = new Map<string, () => Promise<Command>>([
  ['doctor', async () => (await import('./doctor.ts')).doctorCommand],
  ['user', async () => (await import('./user.ts')).userCommand],
  ['sessions', async () => (await import('./sessions.ts')).sessionsCommand],
]);

/** The bound restarts the process, so it comes before anything else is loaded. */
async function loadServe(): Promise<Command> {
  boundYoungGeneration();
  return (await import('./serve.ts')).serveCommand;
}

/** Runs a command line. Resolves to the exit code, or to undefined when the process keeps running. */
export const run: Command = args => main(args).catch(reportError);

async function main(args: string[]): Promise<number | undefined> {
  const [first = '', ...rest] = args;
  const loadActions = ACTION_COMMANDS.get(first);
  if (loadActions) return asksForHelp(rest) ? printHelp() : (await loadActions())(rest);
  const { values, positionals } = parseArguments({ args, options: FLAGS, allowPositionals: true });
  if (values.version) return print(version);
  if (values.help) return printHelp();
  const [name, ...operands] = positionals;
  const load = name === undefined ? undefined : COMMANDS.get(name);
  if (!load)
    throw new UsageError(name === undefined ? 'a command is missing' : `there is no command ${JSON.stringify(name)}`);
  if (values.yes && operands[0] !== 'down') throw new UsageError(`${name} does not take --yes`);
  return (await load())(values.yes ? [...operands, '--yes'] : operands);
}

const asksForHelp = (args: string[]) => args.some(arg => arg === '--help' || arg === '-h');

async function printHelp(): Promise<number> {
  const { optionsHelp } = await import('../options/reference.ts');
  return print(`${HELP}\n${optionsHelp()}`.trimEnd());
}

const FLAGS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  yes: { type: 'boolean' },
} as const;

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function reportError(error: unknown): number {
  const usage = error instanceof UsageError ? '\nbienvenue --help lists the commands.' : '';
  const heading = error instanceof ConfigError ? 'the settings were refused:\n' : '';
  process.stderr.write(`bienvenue: ${heading}${(error as Error).message}${usage}\n`);
  return error instanceof UsageError ? 2 : 1;
}
