// snippets.mjs LANGUAGE FILE: writes each block of that language in a Markdown file to a module in snippets/.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

const [, , language, file] = process.argv;
const blocks = readFileSync(file, 'utf8').matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'));
const snippets = [...blocks].map(([, code]) => code);
if (snippets.length === 0) throw new Error(`${file} has no block of ${language}`);
mkdirSync('snippets', { recursive: true });
for (const [index, code] of snippets.entries())
  writeFileSync(`snippets/${basename(file, '.md')}-${index}.${language}`, code);
