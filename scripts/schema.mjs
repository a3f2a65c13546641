// Writes the generated files of schema/; with --check, fails if a file differs from what it would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { isAbstractType, printSchema } from 'graphql';
import { buildSchema } from '../dist/src/graphql/schema.js';
import { documentModules } from './documents.mjs';

const schema = await buildSchema();

/** The form that the `possibleTypes` option of Apollo Client's InMemoryCache takes. */
const possibleTypes = Object.fromEntries(
  Object.values(schema.getTypeMap())
    .filter(isAbstractType)
    .map(type => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
);

const sdl = printSchema(schema);

const files = {
  'schema/schema.graphql': `# Written by npm run build.\n\n${sdl}\n`,
  ...(await documentModules(sdl, possibleTypes)),
  'schema/possible-types.json': `${JSON.stringify(possibleTypes, null, 2)}\n`,
};

for (const [file, content] of Object.entries(files)) {
  if (!process.argv.includes('--check')) writeFileSync(file, content);
  else if (readFileSync(file, 'utf8') !== content) {
    console.error(`${file} is out of date. Run npm run build, and review the difference.`);
    process.exitCode = 1;
  }
}
