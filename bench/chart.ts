import { figure } from './tables.ts';

export interface Bar {
  name: string;
  value: number;
  /** Drawn in the accent colour. */
  ours: boolean;
}

export interface Line {
  name: string;
  points: [x: number, y: number][];
}

/** Follows the reader's colour scheme. */
const STYLE = `<style>
  text { font: 14px system-ui, sans-serif; fill: #1f2328 }
  .quiet { fill: #59636e } .bar { fill: #8c959f } .ours { fill: #0969da }
  .line { fill: none; stroke: #0969da; stroke-width: 2 } .grid { stroke: #8c959f; stroke-opacity: .4 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .quiet { fill: #9198a1 } .bar { fill: #6e7681 } .ours { fill: #4493f8 } .line { stroke: #4493f8 }
  }
</style>`;

const [NAME_WIDTH, MAX_WIDTH, ROW_HEIGHT] = [300, 330, 34];

/** One bar per row: name on the left, figure and percentage of the first bar on the right. */
export function barChart(title: string, bars: Bar[]): string {
  const most = Math.max(...bars.map(bar => bar.value));
  const rows = bars.map(({ name, value, ours }, index) => {
    const top = 44 + index * ROW_HEIGHT;
    const width = Math.max(1, (MAX_WIDTH * value) / most).toFixed(1);
    const share = `${((100 * value) / (bars[0]?.value ?? value)).toFixed(0)} %`;
    return [
      `<text x="${NAME_WIDTH - 10}" y="${top + 16}" text-anchor="end">${escaped(name)}</text>`,
      `<rect x="${NAME_WIDTH}" y="${top}" width="${width}" height="22" rx="2" class="${ours ? 'ours' : 'bar'}"/>`,
      `<text x="${NAME_WIDTH + Number(width) + 8}" y="${top + 16}">${figure(value)} <tspan class="quiet">${share}</tspan></text>`,
    ].join('\n');
  });
  return picture(title, NAME_WIDTH + MAX_WIDTH + 130, 56 + bars.length * ROW_HEIGHT, rows);
}

/** One line over time. The axis starts at zero, so that a flat line looks flat. */
export function lineChart(title: string, unit: string, { name, points }: Line): string {
  const [left, top, width, height] = [70, 50, 660, 220];
  const longest = Math.max(1, Math.round(Math.max(...points.map(([x]) => x))));
  const most = niceAbove(Math.max(...points.map(([, y]) => y)));
  const x = (value: number) => (left + (width * value) / longest).toFixed(1);
  const y = (value: number) => (top + height - (height * value) / most).toFixed(1);
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap(share => [
    `<line x1="${left}" x2="${left + width}" y1="${y(share * most)}" y2="${y(share * most)}" class="grid"/>`,
    `<text x="${left - 8}" y="${Number(y(share * most)) + 5}" text-anchor="end" class="quiet">${figure(share * most)}</text>`,
    `<text x="${x(share * longest)}" y="${top + height + 24}" text-anchor="middle" class="quiet">${figure(share * longest)} min</text>`,
  ]);
  const line = `<polyline class="line" points="${points.map(point => `${x(point[0])},${y(point[1])}`).join(' ')}"/>`;
  const label = `<text x="${left}" y="${top - 8}" class="quiet">${escaped(name)}, ${unit}</text>`;
  return picture(title, left + width + 40, top + height + 40, [...grid, line, label]);
}

function picture(title: string, width: number, height: number, parts: string[]): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`;
  return [
    head,
    `<title>${escaped(title)}</title>`,
    STYLE,
    `<text x="10" y="22" font-weight="600">${escaped(title)}</text>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** Rounds up to a number whose quarters are short: 173 to 200, 0.42 to 0.6. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].find(step => step * power >= value) ?? 10) * power;
}

const escaped = (text: string) => text.replace(/[&<>]/g, sign => `&#${sign.charCodeAt(0)};`);
