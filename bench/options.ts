import { parseArgs } from 'node:util';

export interface Options {
  parts: string[];
  /** How long one contestant is under load in one round. */
  seconds: number;
  rounds: number;
  /** Sessions in the largest table of the growth. */
  most: number;
  /** How long the soak goes on. */
  minutes: number;
}

/** Reads `who-am-i growth --seconds 3`; says what could have been asked for where it cannot. */
export function readOptions(args: string[], known: string[]): Options {
  const number = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { seconds: number, rounds: number, most: number, minutes: number },
  });
  const unknown = positionals.filter(part => !known.includes(part));
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  return {
    parts: positionals.length > 0 ? positionals : known.filter(part => part !== 'soak'),
    seconds: Number(values.seconds ?? 3),
    rounds: Number(values.rounds ?? 5),
    most: Number(values.most ?? 1e7),
    minutes: Number(values.minutes ?? 30),
  };
}
