import type { Constructor } from '@mikro-orm/core';

/** The user whose data are exported. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly canonicalEmail: string;
}

/** What a field means to the person, or why the export does not contain it. */
type FieldDescription = string | { readonly withheld: string };

/** The rows of one table that are about a person: what `exportMyData` returns of them, and docs/accounts.md says. */
export interface PersonalData<Row extends object = object> {
  /** Name of the list of rows in the export. */
  readonly name: string;
  readonly description: string;
  readonly entity: Constructor<Row>;
  /** The condition that finds the rows, by an index. */
  readonly rowsOf: (person: Person) => { readonly [Field in keyof Row]?: unknown };
  /** Every field of the entity. */
  readonly fields: { readonly [Field in keyof Row & string]: FieldDescription };
}

/** A field is left out when its row is found by it. */
export const OWN_ID = { withheld: 'The id of the account.' };

/** The names of the exported fields. */
export const exportedFields = ({ fields }: PersonalData): string[] =>
  Object.entries<FieldDescription>(fields).flatMap(([name, text]) => (typeof text === 'string' ? [name] : []));
