import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes a generated section into a page, between two comments with its name; with --check, fails if the page is out of
 * date. `command`: the npm script that writes it.
 */
export function writeSection({ page, name, command, content }) {
  const [begin, end] = [`<!-- ${name}: written by npm run ${command} -->`, `<!-- ${name} end -->`];
  const text = readFileSync(page, 'utf8');
  if (!text.includes(begin) || !text.includes(end)) throw new Error(`${page} lacks the markers ${begin} and ${end}.`);
  const head = text.slice(0, text.indexOf(begin) + begin.length);
  const written = `${head}\n\n${content}\n${text.slice(text.indexOf(end))}`;

  if (!process.argv.includes('--check')) writeFileSync(page, written);
  else if (text !== written) {
    console.error(`The section "${name}" of ${page} is out of date; run npm run ${command}.`);
    process.exitCode = 1;
  }
}
