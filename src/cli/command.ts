import { type ParseArgsConfig, parseArgs } from 'node:util';
import { printable } from '../core/printable.ts';

/** Runs a command with its arguments. Resolves to the exit code, or to undefined when the process keeps running. */
export type Command = (args: string[]) => Promise<number | undefined>;

/** The command line is not valid. Printed together with a hint at --help. */
export class UsageError extends Error {}

/** `parseArgs` of Node.js, with its errors as UsageError. Control characters in them are escaped. */
export function parseArguments<Config extends ParseArgsConfig>(config: Config) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(printable((error as Error).message));
  }
}
