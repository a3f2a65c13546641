import 'reflect-metadata';
import type { Constructor } from '@mikro-orm/core';
import { GraphQLEnumType, GraphQLSchema } from 'graphql';
import { ERRORS, INPUT_RULES } from '../core/errors.ts';
import { loadResolvers } from '../registry.ts';
import { authChecker } from './auth-checker.ts';
import { type BuildSchemaOptions, buildSchemaSync } from './decorators.ts';

/** The schema of every resolver. The same whatever type-graphql classes and settings the host program has. */
export async function buildSchema(): Promise<GraphQLSchema> {
  const schema = buildSchemaSync({
    resolvers: (await loadResolvers()) as [Constructor, ...Constructor[]],
    authChecker,
    ...DEFAULTS,
  });
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, errorCode, inputRule] });
}

/** Every option is set: type-graphql otherwise reuses the options of a host program's build that failed. */
const DEFAULTS: Partial<BuildSchemaOptions> = {
  validate: false,
  authMode: 'error',
  globalMiddlewares: [],
  nullableByDefault: false,
  disableInferringDefaultValues: false,
  scalarsMap: [],
  // The check is an introspection query, for which every start would wait. A test holds the schema valid.
  skipCheck: true,
};

// No field has these types. They are in the schema so that client code can be generated from them.
const errorCode = new GraphQLEnumType({
  name: 'ErrorCode',
  description:
    'Every code that `errors[].extensions.code` can carry, beside those of the GraphQL layer itself ' +
    '(GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, BAD_REQUEST, ...).',
  values: Object.fromEntries(Object.entries(ERRORS).map(([code, { description }]) => [code, { description }])),
});

const inputRule = new GraphQLEnumType({
  name: 'InputRule',
  description: 'Why an argument was rejected, in `extensions.fields[].rule`.',
  values: Object.fromEntries(Object.entries(INPUT_RULES).map(([rule, description]) => [rule, { description }])),
});
