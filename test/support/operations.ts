import { readdirSync, readFileSync } from 'node:fs';
import { type DocumentNode, Kind, parse, print, visit } from 'graphql';

const FOLDER = 'schema/operations';

/** Every document that a front end sends, as one. */
export const library: DocumentNode = parse(
  readdirSync(FOLDER)
    .map(file => readFileSync(`${FOLDER}/${file}`, 'utf8'))
    .join('\n'),
);

/** One operation of schema/operations with the fragments that it spreads. */
export function operation(name: string): string {
  const names = new Set<string>();
  const add = (definitionName: string) => {
    if (names.has(definitionName)) return;
    names.add(definitionName);
    visit(definitionOf(definitionName), { FragmentSpread: ({ name: { value } }) => add(value) });
  };
  add(name);
  return print({ kind: Kind.DOCUMENT, definitions: [...names].map(definitionOf) });
}

function definitionOf(name: string) {
  const found = library.definitions.find(definition => 'name' in definition && definition.name?.value === name);
  if (!found) throw new Error(`schema/operations has no ${name}`);
  return found;
}

export const REGISTER = operation('Register');
export const LOGIN = operation('Login');
export const LOGOUT = operation('Logout');
export const PROFILE = operation('Profile');
export const SESSION = operation('Session');
export const REQUEST_PASSWORD_RESET = operation('RequestPasswordReset');
export const RESET_PASSWORD = operation('ResetPassword');
export const CHANGE_PASSWORD = operation('ChangePassword');
