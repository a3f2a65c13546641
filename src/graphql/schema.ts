import 'reflect-metadata';
import { GraphQLEnumType, GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { AuthResolver } from '../auth/auth.resolver.ts';
import { ERRORS, INPUT_RULES } from '../core/errors.ts';

/** Every resolver, as one schema; services and session come by the context. */
export function buildSchema(): GraphQLSchema {
  const schema = buildSchemaSync({ resolvers: [AuthResolver], validate: false });
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, errorCode, inputRule] });
}

// No field is of these types: they are in the schema so that clients can generate them.
const errorCode = new GraphQLEnumType({
  name: 'ErrorCode',
  description:
    'Every code that `errors[].extensions.code` can carry, beside those of the GraphQL layer itself ' +
    '(GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, BAD_REQUEST, ...).',
  values: Object.fromEntries(Object.entries(ERRORS).map(([code, { description }]) => [code, { description }])),
});

const inputRule = new GraphQLEnumType({
  name: 'InputRule',
  description: 'What an argument was refused for, in `extensions.fields[].rule`.',
  values: Object.fromEntries(Object.entries(INPUT_RULES).map(([rule, description]) => [rule, { description }])),
});
