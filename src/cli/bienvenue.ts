#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import { packageFile, version } from '../core/package.ts';
import { ConfigError } from '../options/define.ts';
import { type Command, UsageError } from './command.ts';
import { boundYoungGeneration } from './young-generation.ts';

const HELP = `Bienvenue ${version}, the GraphQL authentication service

Usage: bienvenue COMMAND

  serve              run the server
  migrate [up]       bring the tables up to date
  migrate down       take the last migration back
  migrate status     list the migrations and when they ran
  check              list accounts whose stored e-mail address is not the one they belong to
  export [FILE]      write everything in the database to a new file, or to stdout
  import [FILE]      take an export, or what is piped in, into an empty database

  --help, --version

Settings come from the environment, and from .env in the working directory. NAME_FILE names a file that contains the
value of NAME.
`;

/** Loaded when asked for: who wants to read the help waits for no database. */
const COMMANDS = new Map<string, () => Promise<Command>>([
  ['serve', loadServe],
  ['migrate', async () => (await import('./migrate.ts')).migrateCommand],
  ['check', async () => (await import('./check.ts')).checkCommand],
  ['export', async () => (await import('./export.ts')).exportCommand],
  ['import', async () => (await import('./import.ts')).importCommand],
]);

/** First of all, or what was loaded until then would be loaded twice. */
async function loadServe(): Promise<Command> {
  boundYoungGeneration();
  return (await import('./serve.ts')).serveCommand;
}

async function main(): Promise<number | undefined> {
  const { values, positionals } = read(process.argv.slice(2));
  if (values.version) return print(version);
  if (values.help) return print(`${HELP}\n${(await import('../options/reference.ts')).optionsHelp()}`.trimEnd());
  const [name, ...words] = positionals;
  const load = name === undefined ? undefined : COMMANDS.get(name);
  if (!load)
    throw new UsageError(name === undefined ? 'which command?' : `there is no command ${JSON.stringify(name)}`);
  return (await load())(words);
}

function read(args: string[]) {
  try {
    const options = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } } as const;
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function complain(error: unknown): number {
  const usage = error instanceof UsageError ? '\nbienvenue --help lists the commands.' : '';
  const opening = error instanceof ConfigError ? 'the settings were refused:\n' : '';
  process.stderr.write(`bienvenue: ${opening}${(error as Error).message}${usage}\n`);
  return error instanceof UsageError ? 2 : 1;
}

// In a folder of our own: who can write to it could change the code itself. Where nobody can, nothing is kept.
enableCompileCache(packageFile('.compile-cache'));
const code = await main().catch(complain);
if (code !== undefined) process.exit(code);
