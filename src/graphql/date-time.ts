import { GraphQLScalarType } from 'graphql';
import { GraphQLISODateTime } from 'type-graphql';

/** type-graphql's date scalar under the name `DateTime`, which client code generators know. */
export const DateTime = new GraphQLScalarType<Date, string>({
  ...GraphQLISODateTime.toConfig(),
  name: 'DateTime',
  description: 'A point in time, ISO 8601 in UTC.',
  // Resolvers return Date objects only; the original also accepts and parses strings.
  serialize: instant => (instant as Date).toISOString(),
});
