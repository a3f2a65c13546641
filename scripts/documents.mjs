import { readdirSync, readFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as schemaTypes from '@graphql-codegen/typescript';
import * as operationTypes from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';

const FOLDER = 'schema/operations';

const HEADER = '// Written by npm run build.\n';

const types = {
  enumsAsTypes: true,
  useTypeImports: true,
  strictScalars: true,
  scalars: { DateTime: 'string', JSONObject: 'Record<string, unknown>' },
};

/**
 * The modules of `bienvenue-auth/documents`: the types of the schema, and each operation as a `TypedDocumentNode`, so
 * that clients neither parse documents nor write types.
 */
export async function documentModules(schema, possibleTypes) {
  const input = { schema: parse(schema), config: {}, filename: 'documents.ts' };
  const pluginMap = { schemaTypes, operationTypes, typedDocuments };
  const documents = readdirSync(FOLDER).map(file => ({
    location: `${FOLDER}/${file}`,
    document: parse(readFileSync(`${FOLDER}/${file}`, 'utf8')),
  }));

  const typesModule = await codegen({
    ...input,
    pluginMap,
    documents: [],
    plugins: [{ schemaTypes: { ...types, avoidOptionals: { field: true } } }],
  });
  const documentsModule = await codegen({
    ...input,
    pluginMap,
    documents,
    plugins: [
      { operationTypes: { ...types, importSchemaTypesFrom: 'types' } },
      { typedDocuments: { useTypeImports: true } },
    ],
  });
  return {
    'schema/types.ts': `${HEADER}\n${typesModule}\n`,
    'schema/documents.ts': `${HEADER}
${documentsModule.replace("'./types'", "'./types.ts'")}

export type * from './types.ts';

/** The members of each union, for the option \`possibleTypes\` of Apollo Client's InMemoryCache. */
export const possibleTypes: Record<string, string[]> = ${JSON.stringify(possibleTypes)};
`,
  };
}
