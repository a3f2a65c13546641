// Writes the table of mails in docs/mails.md from their templates; with --check, fails if it is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { linksOf, parseText, placeholdersOf } from '../dist/src/mail/mail-text.js';
import { mailTemplates } from '../dist/src/registry.js';

const target = 'docs/mails.md';
const [begin, end] = ['<!-- mails: written by npm run docs:mails -->', '<!-- mails end -->'];

const rows = mailTemplates.map(({ kind, texts }) => {
  const links = linksOf(texts.en);
  const values = placeholdersOf(texts.en).filter(name => !links.includes(name));
  return [`\`${kind}\``, parseText(texts.en).subject, code(links), code(values)];
});

function code(names) {
  return names.map(name => `\`{${name}}\``).join(', ');
}

const table = [['kind', 'subject in English', 'links', 'other values'], ['---', '---', '---', '---'], ...rows]
  .map(row => `| ${row.join(' | ')} |`)
  .join('\n');

const text = readFileSync(target, 'utf8');
const head = text.slice(0, text.indexOf(begin) + begin.length);
const written = `${head}\n\n${table}\n\n${text.slice(text.indexOf(end))}`;

if (!process.argv.includes('--check')) writeFileSync(target, written);
else if (text !== written) {
  console.error(`The mails in ${target} differ from their templates; run npm run docs:mails.`);
  process.exit(1);
}
