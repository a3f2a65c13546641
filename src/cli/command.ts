/** A command gets its own words, and gives the exit code, or nothing while it runs on. */
export type Command = (words: string[]) => Promise<number | undefined>;

/** The command line was not understood: said together with where to read on. */
export class UsageError extends Error {}
