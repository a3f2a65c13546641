import { printable } from '../core/printable.ts';

/** Rows in aligned columns under their headings. Control characters in the cells are escaped. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [headings, ...rows.map(row => row.map(printable))];
  const widths = headings.map((_, column) => Math.max(...cells.map(row => length(row[column]))));
  return cells.map(row => aligned(row, widths)).join('\n');
}

/** A line for each name and value. Control characters in the values are escaped. */
export function lines(values: Readonly<Record<string, string>>): string {
  const entries = Object.entries(values).map(([name, value]) => [name, printable(value)]);
  const width = Math.max(...entries.map(([name]) => length(name)));
  return entries.map(row => aligned(row, [width])).join('\n');
}

/** The last cell may be of any length. */
const aligned = (row: readonly string[], widths: readonly number[]) =>
  row
    .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - length(cell))))
    .join('  ')
    .trimEnd();

const length = (text = '') => [...text].length;
