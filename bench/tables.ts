import { isNoisy, type Sample, type Table } from './result.ts';

/** Three significant digits. */
export function figure(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toLocaleString('en', { maximumFractionDigits: Math.min(digits, 3) });
}

/** `12,300 (12,100–12,900)`, with ≈ before noisy figures. */
function cell(seen?: Sample): string {
  if (!seen || Number.isNaN(seen.median)) return '';
  const [value, least, most] = [seen.median, seen.least, seen.most].map(figure);
  return least === most ? String(value) : `${isNoisy(seen) ? '≈ ' : ''}${value} (${least}–${most})`;
}

function cells({ columns, rows }: Table): string[][] {
  return [['', ...columns], ...rows.map(({ name, cells }) => [name, ...columns.map(column => cell(cells[column]))])];
}

export function markdownTable(table: Table): string {
  const [head = [], ...rows] = cells(table).map(line => `| ${line.join(' | ')} |`);
  const rule = `| --- |${table.columns.map(() => ' --- |').join('')}`;
  return [head, rule, ...rows].join('\n');
}

export function consoleTable(table: Table): string {
  const lines = cells(table);
  const widths = ['', ...table.columns].map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)));
  const padded = lines.map(line =>
    line
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [table.title, ...padded].join('\n');
}
