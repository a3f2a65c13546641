import type { ParseArgsOptionsConfig } from 'node:util';
import { AuthError } from '../core/errors.ts';
import { describeError } from '../core/log.ts';
import { printable, printableJson } from '../core/printable.ts';
import type { Services } from '../features.ts';
import { type Command, parseArguments, UsageError } from './command.ts';

/** What an action prints. */
export interface Output {
  /** Printed with --json: a value on one line, a list with one line for each element. */
  json: unknown;
  /** Printed without --json. */
  text: string;
  /** A hint for people, printed to stderr, so that scripts which read stdout do not get it. */
  note?: string;
}

export interface Input {
  positionals: readonly string[];
  values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
}

/** A command on accounts, such as `user show`. */
export interface Action {
  /** Everything after `bienvenue`. */
  usage: string;
  /** The minimum and the maximum number of positional arguments. */
  positionals: readonly [number, number];
  options?: ParseArgsOptionsConfig;
  /** Runs pending migrations first, so that it works in a new database. */
  migrates?: boolean;
  /** Called before the database is opened. Throws when an option is invalid or a confirmation is missing. */
  check?(input: Input): void;
  run(services: Services, input: Input): Promise<Output>;
}

/** The command that runs the action whose name is its first argument. */
export const actionCommand =
  (command: string, actions: ReadonlyMap<string, Action>): Command =>
  async ([name = '', ...args]) => {
    const action = actions.get(name);
    if (!action) throw new UsageError(`${command} takes one of ${[...actions.keys()].join(', ')}`);
    const input = read(action, args);
    action.check?.(input);
    const migrations = action.migrates ? 'run' : 'refuse';
    const { withServices } = await import('./services.ts');
    const output = await withServices(services => action.run(services, input), migrations).catch(error => {
      throw explained(error, input);
    });
    print(output, input.values.json === true);
    return 0;
  };

function read({ usage, positionals: [min, max], options = {} }: Action, args: string[]): Input {
  const flags: ParseArgsOptionsConfig = { ...options, json: { type: 'boolean' } };
  const { values, positionals } = parseArguments({ args, options: flags, allowPositionals: true });
  if (positionals.length < min || positionals.length > max) throw new UsageError(`usage: bienvenue ${usage}`);
  return { positionals, values };
}

function print({ json, text, note }: Output, asJson: boolean): void {
  if (note) process.stderr.write(`${note}\n`);
  const lines = asJson ? (Array.isArray(json) ? json : [json]).map(printableJson) : [text];
  process.stdout.write(lines.map(line => `${line}\n`).join(''));
}

/** The error in the words of the command line. */
function explained(error: unknown, { positionals: [user = ''] }: Input): unknown {
  const { code, fields = [] } = AuthError.of(error);
  switch (code) {
    case 'NOT_FOUND':
      return new Error(`there is no user ${quoted(user)}.`);
    case 'EMAIL_TAKEN':
      return new Error(`there is an account with the address ${quoted(user)} already.`);
    case 'LAST_ADMIN':
      return new Error(`${printable(user)} is the last administrator; make another user an administrator first.`);
    case 'BAD_USER_INPUT':
      return new Error(fields.map(({ field, message }) => `${field}: ${message}`).join('\n'));
    case 'UNAVAILABLE':
      return new Error(`DATABASE_URL: the database does not respond (${describeError(error).error}).`);
    default:
      return error;
  }
}

export const quoted = (text: string): string => printableJson(text);
