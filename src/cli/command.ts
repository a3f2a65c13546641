/** Runs a command with its arguments. Resolves to the exit code, or to undefined when the process keeps running. */
export type Command = (args: string[]) => Promise<number | undefined>;

/** The command line is not valid. Printed together with a hint at --help. */
export class UsageError extends Error {}
