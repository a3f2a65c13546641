import { GraphQLScalarType } from 'graphql';
import { GraphQLISODateTime } from 'type-graphql';

/** A Date, under the name that clients know it by. */
export const DateTime = new GraphQLScalarType<Date, string>({
  ...GraphQLISODateTime.toConfig(),
  name: 'DateTime',
  description: 'An instant, ISO 8601 in UTC.',
  // The answers hold nothing else; theirs looks at the text of each first.
  serialize: instant => (instant as Date).toISOString(),
});
