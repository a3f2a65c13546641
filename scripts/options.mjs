// Writes the README's table of settings from src/options.ts; with --check, fails if it is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { optionsTable } from '../dist/src/options/reference.js';

const target = 'README.md';
const [begin, end] = ['<!-- options: written by npm run docs:options -->', '<!-- options end -->'];

const text = readFileSync(target, 'utf8');
if (!text.includes(begin) || !text.includes(end)) throw new Error(`${target} lacks the markers ${begin} and ${end}.`);
const head = text.slice(0, text.indexOf(begin) + begin.length);
const written = `${head}\n\n${optionsTable()}\n${text.slice(text.indexOf(end))}`;

if (!process.argv.includes('--check')) writeFileSync(target, written);
else if (text !== written) {
  console.error(`The settings in ${target} differ from src/options.ts; run npm run docs:options.`);
  process.exit(1);
}
