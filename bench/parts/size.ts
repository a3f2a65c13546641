import { existsSync, globSync, lstatSync, readFileSync } from 'node:fs';
import { type Findings, sample } from '../result.ts';

/** What `npm ci --omit=dev` would leave on this machine: megabytes on the disk, and packages. */
export async function measure(): Promise<Findings> {
  const lock: { packages: Record<string, { dev?: boolean }> } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const installed = Object.entries(lock.packages)
    .filter(([folder, { dev }]) => folder !== '' && !dev && existsSync(folder))
    .map(([folder]) => folder);
  const bytes = installed.map(sizeOf).reduce((sum, size) => sum + size, 0);
  const ratios = { megabytes: sample([bytes / 2 ** 20]), packages: sample([installed.length]) };
  const row = { name: 'production `node_modules`', cells: { MB: ratios.megabytes, packages: ratios.packages } };
  return { tables: [{ title: 'Size', columns: ['MB', 'packages'], rows: [row] }], ratios };
}

/** As the disk counts it. Packages inside of a package count for themselves. */
function sizeOf(folder: string): number {
  const files = globSync('**', { cwd: folder, exclude: name => name === 'node_modules' });
  return files.map(file => lstatSync(`${folder}/${file}`).blocks * 512).reduce((sum, size) => sum + size, 0);
}
