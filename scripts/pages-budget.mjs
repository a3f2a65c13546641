import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** What the first page may cost, compressed. */
const BUDGET = 150_000;

const folder = new URL('../dist/assets/pages/', import.meta.url);
const size = file => gzipSync(readFileSync(new URL(file, folder)), { level: 9 }).length;

// The sign-in page needs the HTML and what it loads by itself; all other files are loaded later.
const html = readFileSync(new URL('index.html', folder), 'utf8');
const files = ['index.html', ...[...html.matchAll(/(?:src|href)="\/account\/([^"]+)"/g)].map(([, file]) => file)];
const sizes = files.map(file => [file, size(file)]);
const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);

if (files.length < 3 || total > BUDGET) {
  for (const [file, bytes] of sizes) console.error(`${String(bytes).padStart(8)} ${file}`);
  console.error(`First load of the account pages: ${total} bytes of ${BUDGET}.`);
  process.exit(1);
}
console.log(`First load of the account pages: ${total} bytes of ${BUDGET}.`);
