// Writes the table of requirements and the tests that prove them into docs/security.md; with --check, fails if the table is
// out of date. Either way it fails if a requirement has neither a test nor a planned one.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { parseSync } from '@swc/core';

const source = 'docs/requirements.tsv';
const target = 'docs/security.md';
const [begin, end] = ['<!-- proofs: written by npm run proofs -->', '<!-- proofs end -->'];
const ID = /\b[A-Z]{2}-\d+\b/g;

const groups = readRequirements();
const requirements = groups.flatMap(({ rows }) => rows);
const proofs = new Map(requirements.map(({ id }) => [id, new Set()]));
const problems = [];

for (const file of globSync('test/**/*.{test,process,browser,resilience,load}.ts').sort()) count(file, titlesOf(file));
for (const file of globSync(['bench/*.ts', '.ci/{databases,packed,run,supply-chain}']).sort())
  count(file, claimsOf(file));
for (const { id, waitsFor } of requirements) {
  if (proofs.get(id).size === 0 && !waitsFor) problems.push(`${id} has no test; add its id to the title of a test.`);
}

const text = readFileSync(target, 'utf8');
const written = text.slice(0, text.indexOf(begin) + begin.length) + table() + text.slice(text.indexOf(end));
if (!text.includes(begin) || !text.includes(end))
  problems.push(`${target} lacks the markers around the table; restore them from scripts/proofs.mjs.`);
else if (!process.argv.includes('--check')) writeFileSync(target, written);
else if (text !== written) problems.push(`${target} is out of date; run npm run proofs.`);

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

function count(file, claims) {
  for (const id of claims.flatMap(claim => claim.match(ID) ?? [])) {
    if (proofs.has(id)) proofs.get(id).add(file);
    else problems.push(`${file} names ${id}, which is not in ${source}; add it there or correct the id.`);
  }
}

/** The titles of the tests in a file. Skipped tests prove nothing. */
function titlesOf(file) {
  const titles = [];
  visit(parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript', decorators: true }), node => {
    if (node.type !== 'CallExpression') return;
    const names = namesOf(node.callee);
    if (!['it', 'test', 'describe'].includes(names.at(-1)) || names.includes('skip') || names.includes('todo')) return;
    const title = node.arguments[0]?.expression;
    if (title?.type === 'StringLiteral') titles.push(title.value);
    if (title?.type === 'TemplateLiteral') titles.push(title.quasis.map(({ raw }) => raw).join(''));
  });
  return titles;
}

/** The names in a call, innermost last: each, concurrent, it for `it.concurrent.each([…])`. */
function namesOf(callee) {
  if (callee.type === 'Identifier') return [callee.value];
  if (callee.type === 'MemberExpression') return [callee.property.value, ...namesOf(callee.object)];
  if (callee.type === 'CallExpression') return namesOf(callee.callee);
  return [];
}

function visit(node, callback) {
  if (node === null || typeof node !== 'object') return;
  if (node.type) callback(node);
  for (const child of Object.values(node)) visit(child, callback);
}

/** The "Proves" comments of a benchmark or script, which has no test titles. */
function claimsOf(file) {
  return [...readFileSync(file, 'utf8').matchAll(/^(?:\/\/|#) Proves (.*)$/gm)].map(([, claim]) => claim);
}

function readRequirements() {
  const groups = [];
  for (const line of readFileSync(source, 'utf8').trim().split('\n').slice(1)) {
    const [id, priority, sentence, origin = '', waitsFor = ''] = line.split('\t');
    if (line.startsWith('# ')) groups.push({ title: line.slice(2), rows: [] });
    else groups.at(-1).rows.push({ id, priority, sentence, origin, waitsFor });
  }
  return groups;
}

function table() {
  const sections = groups.map(({ title, rows }) => [
    `### ${title}`,
    '',
    '| id | requirement | source | tests |',
    '| --- | --- | --- | --- |',
    ...rows.map(row => `| ${row.id} | ${row.sentence} | ${row.origin} | ${provenBy(row)} |`),
    '',
  ]);
  return ['\n', ...sections.flat()].join('\n');
}

function provenBy({ id, waitsFor }) {
  const links = [...proofs.get(id)].map(file => `[${nameOf(file)}](${relative('docs', file)})`).join(', ');
  if (!waitsFor) return links;
  return links ? `${links}; the rest comes with ${waitsFor}` : `comes with ${waitsFor}`;
}

function nameOf(file) {
  return file.replace(/^test\//, '').replace(/\.(test|process|browser|resilience|load)?\.?ts$/, '');
}
