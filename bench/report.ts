// npm run bench:report: writes the results into docs/performance.md, between its markers, and draws the charts.
import { readFileSync, writeFileSync } from 'node:fs';
import { barChart, lineChart } from './chart.ts';
import { goalsTable } from './goals.ts';
import { loadResult, type Result } from './result.ts';
import { markdownTable } from './tables.ts';

const PAGE = new URL('../docs/performance.md', import.meta.url);
const MARKED = /(<!-- measured: ([\w-]+) -->\n)[\s\S]*?(<!-- \/measured -->)/g;

const CHARTS: Record<string, string> = {
  'who-am-i': '![Requests a second on one core](performance.svg)',
  soak: '![Memory over time](soak.svg)',
};

/** Text outside the markers is written by hand and is kept. */
export function writeReport(): void {
  const page = readFileSync(PAGE, 'utf8');
  const written = page.replace(MARKED, (_, begin, part, end) => {
    const content = part === 'goals' ? goalsTable() : section(loadResult(part));
    return `${begin}\n${content}\n\n${end}`;
  });
  writeFileSync(PAGE, written);
  drawCharts();
}

function section(result?: Result): string {
  if (!result) return 'Not measured yet.';
  const tables = result.tables.flatMap(table => [
    ...(result.tables.length > 1 ? [`**${table.title}**`] : []),
    markdownTable(table),
  ]);
  const remarks = [...result.notes, ...result.absent.map(sentence => `Not measured: ${sentence}`)];
  const picture = CHARTS[result.part];
  return [
    ...(picture ? [picture] : []),
    ...tables,
    ...(remarks.length > 0 ? [remarks.map(each => `- ${each}`).join('\n')] : []),
    origin(result),
  ].join('\n\n');
}

function origin({ measuredAt, machine, rounds, seconds }: Result): string {
  const { processor, ...others } = machine;
  const [year, month, day] = measuredAt.split('-');
  const versions = Object.entries(others).map(([name, value]) => (name === 'node' ? `Node ${value}` : value));
  return `<sub>${year}-${month}-${day}, ${rounds} × ${seconds} s per contestant. ${processor}. ${versions.join(', ')}.</sub>`;
}

function drawCharts(): void {
  const compared = loadResult('who-am-i')?.tables[0]?.rows;
  if (compared) {
    const bars = compared.map(({ name, cells }) => ({
      name,
      value: cells['requests/s']?.median ?? 0,
      ours: name.startsWith('Bienvenue'),
    }));
    const chart = barChart('Who am I: requests a second on one core, and % of the bare server', bars);
    writeFileSync(new URL('performance.svg', PAGE), chart);
  }
  const [line] = loadResult('soak')?.series ?? [];
  if (line) writeFileSync(new URL('soak.svg', PAGE), lineChart('Memory under a third of full load', 'MB', line));
}

if (import.meta.main) writeReport();
