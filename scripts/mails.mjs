// Writes the table of mails in docs/mails.md from their templates; with --check, fails if it is out of date.
import { linksOf, parseText, placeholdersOf } from '../dist/src/mail/mail-text.js';
import { mailTemplates } from '../dist/src/registry.js';
import { writeSection } from './write-section.mjs';

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

writeSection({ page: 'docs/mails.md', name: 'mails', command: 'docs:mails', content: `\n${table}\n` });
