import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem, type } from 'node:os';
import type { Line } from './chart.ts';
import { median } from './quantile.ts';

/** One figure: the value of each round, and their median. */
export interface Sample {
  median: number;
  least: number;
  most: number;
  rounds: number[];
}

export interface Row {
  name: string;
  /** By column name. A figure that was not measured is absent. */
  cells: Record<string, Sample>;
}

export interface Table {
  title: string;
  columns: string[];
  rows: Row[];
}

/** The results of one part, as stored in bench/results. */
export interface Result {
  part: string;
  measuredAt: string;
  machine: Record<string, string>;
  seconds: number;
  rounds: number;
  tables: Table[];
  /** The ratios that the goals refer to, by id; see goals.ts. */
  ratios: Record<string, Sample>;
  /** What was not measured, and why. */
  absent: string[];
  /** Remarks about this run. */
  notes: string[];
  /** The data of the chart. */
  series?: Line[];
}

/** What a part returns; the suite adds machine and date. */
export type Findings = Pick<Result, 'tables' | 'ratios'> & Partial<Pick<Result, 'notes' | 'series'>>;

/** A figure is noisy when a round differs from the median by more than this share. */
const NOISY = 0.1;

export function sample(rounds: number[]): Sample {
  return { median: median(rounds), least: Math.min(...rounds), most: Math.max(...rounds), rounds };
}

export const isNoisy = ({ median, least, most }: Sample): boolean =>
  most > median * (1 + NOISY) || least < median * (1 - NOISY);

/** Computed round by round, because a disturbance in a round affects both. */
export function ratio(ours: number[] | undefined, theirs: number[] | undefined): Sample | undefined {
  if (!ours?.length || !theirs?.length) return undefined;
  return sample(ours.map((value, round) => value / (theirs[round] as number)));
}

/** Drops the entries that were not measured. */
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

export function saveResult(result: Result): void {
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value);
  writeFileSync(fileOf(result.part), `${JSON.stringify(result, rounded, 2)}\n`);
}

export function loadResult(part: string): Result | undefined {
  const file = fileOf(part);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
