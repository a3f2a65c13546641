// Writes schema/schema.graphql from the resolvers; with --check it only tells whether that would change anything.
import { readFileSync, writeFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { buildSchema } from '../dist/src/graphql/schema.js';

const target = 'schema/schema.graphql';
const printed = `# Written by npm run build.\n\n${printSchema(buildSchema())}\n`;

if (!process.argv.includes('--check')) writeFileSync(target, printed);
else if (readFileSync(target, 'utf8') !== printed) {
  console.error(`${target} is not what the resolvers say; run npm run build and look at the difference.`);
  process.exit(1);
}
