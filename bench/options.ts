import { parseArgs } from 'node:util';

export interface Options {
  parts: string[];
  /** Duration of the load on one contestant in one round. */
  seconds: number;
  rounds: number;
  /** Rows in the largest table of the growth and lists parts. */
  maxSessions: number;
  /** Duration of the soak test. */
  minutes: number;
}

/** Parses `who-am-i growth --seconds 3`; the error for an unknown part lists the known ones. */
export function readOptions(args: string[], known: string[]): Options {
  const number = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { seconds: number, rounds: number, 'max-sessions': number, minutes: number },
  });
  const unknown = positionals.filter(part => !known.includes(part));
  if (unknown.length > 0) throw new Error(`Unknown part: ${unknown.join(', ')}. Known parts: ${known.join(', ')}.`);
  return {
    parts: positionals.length > 0 ? positionals : known.filter(part => part !== 'soak'),
    seconds: Number(values.seconds ?? 3),
    rounds: Number(values.rounds ?? 5),
    maxSessions: Number(values['max-sessions'] ?? 1e7),
    minutes: Number(values.minutes ?? 30),
  };
}
