import type { TypedDocumentNode } from '@apollo/client';

/** The value of the one field that each operation of the kit selects at its root. */
export type RootValue<Data> = Data[keyof Data];

/** The name of the one root field of an operation. */
export function rootFieldName<Data, Variables>(document: TypedDocumentNode<Data, Variables>): keyof Data {
  for (const definition of document.definitions) {
    if (definition.kind !== 'OperationDefinition') continue;
    const [field] = definition.selectionSet.selections;
    if (field?.kind === 'Field') return field.name.value as keyof Data;
  }
  throw new TypeError('The document has no operation with a field.');
}
