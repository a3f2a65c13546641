import type { OutgoingHttpHeaders } from 'node:http';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLType,
  getNamedType,
  getNullableType,
  isEnumType,
  isLeafType,
  isListType,
} from 'graphql';
import { buildSchema } from '../../src/graphql/schema.ts';
import { ada } from './app.ts';
import { type RawResponse, request } from './raw.ts';

/** A root field of the schema as a document, its arguments as variables. */
export interface Operation {
  field: string;
  query: string;
  args: readonly GraphQLArgument[];
}

const schema = await buildSchema();

/** One document for each root field of the schema, so new ones are included automatically. */
export const EVERY_OPERATION: Operation[] = [
  ...operationsOf('query', schema.getQueryType()?.getFields() ?? {}),
  ...operationsOf('mutation', schema.getMutationType()?.getFields() ?? {}),
];

function operationsOf(kind: string, fields: Record<string, GraphQLField<unknown, unknown>>): Operation[] {
  return Object.values(fields).map(({ name: field, args, type }) => {
    const variables = args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
    const values = args.map(({ name }) => `${name}: $${name}`).join(', ');
    const list = (text: string) => (args.length > 0 ? `(${text})` : '');
    const selection = isLeafType(getNamedType(type)) ? '' : ' { __typename }';
    return { field, args, query: `${kind} Op${list(variables)} { ${field}${list(values)}${selection} }` };
  });
}

/** Variables of the right types for an operation. `text` returns the strings by argument name. */
export function valuesOf({ args }: Operation, text: (name: string) => string): Record<string, unknown> {
  return Object.fromEntries(args.map(argument => [argument.name, rightValue(argument, text)]));
}

function rightValue({ name, type }: { name: string; type: GraphQLType }, text: (name: string) => string): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [rightValue({ name, type: nullable.ofType }, text)];
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  return nullable.name in RIGHT_SCALARS ? RIGHT_SCALARS[nullable.name] : text(name);
}

const RIGHT_SCALARS: Record<string, unknown> = { Boolean: true, Int: 1 };

export interface Route {
  method: string;
  path: string;
  fields: string[];
}

/** Every REST route with its fields. */
export const EVERY_ROUTE: Route[] = [
  { method: 'POST', path: '/users', fields: ['email', 'password'] },
  { method: 'POST', path: '/sessions', fields: ['email', 'password'] },
  { method: 'POST', path: '/reset_password', fields: ['email'] },
  { method: 'PUT', path: '/reset_password', fields: ['email', 'reset_token', 'new_password'] },
  { method: 'GET', path: '/profile', fields: [] },
  { method: 'DELETE', path: '/sessions', fields: [] },
];

/** Sends a request to a route. `text` returns the field values by name. */
export function sendRoute(
  url: string,
  { method, path, fields }: Route,
  { text, headers }: { text: (name: string) => string; headers?: OutgoingHttpHeaders },
): Promise<RawResponse> {
  const body =
    fields.length > 0 ? JSON.stringify(Object.fromEntries(fields.map(name => [name, text(name)]))) : undefined;
  return request(url, { method, path, headers: { 'content-type': 'application/json', ...headers }, body });
}

const RIGHT: Record<string, string> = {
  ...ada,
  token: 'a'.repeat(43),
  reset_token: 'a'.repeat(43),
  newPassword: ada.password,
  new_password: ada.password,
};

/** A valid value for an argument or field of this name. */
export const rightText = (name: string): string => RIGHT[name] ?? 'text';
