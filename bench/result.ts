import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem, type } from 'node:os';
import type { Line } from './chart.ts';
import { median } from './quantile.ts';

/** One figure: what each round said, and the middle of it. */
export interface Sample {
  median: number;
  least: number;
  most: number;
  rounds: number[];
}

export interface Row {
  name: string;
  /** By the names of the columns. What was not measured is absent. */
  cells: Record<string, Sample>;
}

export interface Table {
  title: string;
  columns: string[];
  rows: Row[];
}

/** What one part found out, as it is kept in bench/results. */
export interface Result {
  part: string;
  measuredAt: string;
  machine: Record<string, string>;
  seconds: number;
  rounds: number;
  tables: Table[];
  /** Those that the goals are about, by their ids; see goals.ts. */
  ratios: Record<string, Sample>;
  /** What was not measured, and why. */
  absent: string[];
  /** What a reader has to know of this run. */
  notes: string[];
  /** What is drawn. */
  series?: Line[];
}

/** What a part hands back; where and when, the suite knows. */
export type Findings = Pick<Result, 'tables' | 'ratios'> & Partial<Pick<Result, 'notes' | 'series'>>;

/** A range beyond this on either side of the median, and two such figures cannot be told apart. */
const NOISY = 0.1;

export function sample(rounds: number[]): Sample {
  return { median: median(rounds), least: Math.min(...rounds), most: Math.max(...rounds), rounds };
}

export const isNoisy = ({ median, least, most }: Sample): boolean =>
  most > median * (1 + NOISY) || least < median * (1 - NOISY);

/** Round by round, since what disturbs one round disturbs both. */
export function ratio(ours: number[] | undefined, theirs: number[] | undefined): Sample | undefined {
  if (!ours?.length || !theirs?.length) return undefined;
  return sample(ours.map((value, round) => value / (theirs[round] as number)));
}

/** Without those that could not be measured. */
export function present<T>(values: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, T] => entry[1] !== undefined));
}

export function machine(): Record<string, string> {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return {
    processor: `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${memory}`,
    system: type(),
    node: process.version,
  };
}

const fileOf = (part: string) => new URL(`results/${part}.json`, import.meta.url);

export function keep(result: Result): void {
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value);
  writeFileSync(fileOf(result.part), `${JSON.stringify(result, rounded, 2)}\n`);
}

export function kept(part: string): Result | undefined {
  const file = fileOf(part);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
