import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';

/** The values of a result's root fields by the names of the fields, whatever aliases the document gives them. */
export function rootFields(document: DocumentNode, data: unknown): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  if (typeof data !== 'object' || data === null) return values;
  for (const [alias, name] of namesIn(document)) {
    const value = (data as Record<string, unknown>)[alias];
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** Pairs of alias and name. */
function namesIn({ definitions }: DocumentNode): [string, string][] {
  const fragments = definitions.filter(definition => definition.kind === 'FragmentDefinition');
  return definitions.flatMap(definition =>
    definition.kind === 'OperationDefinition' ? selected(definition.selectionSet, fragments) : [],
  );
}

function selected({ selections }: SelectionSetNode, fragments: FragmentDefinitionNode[]): [string, string][] {
  return selections.flatMap(selection => {
    if (selection.kind === 'Field') return [[(selection.alias ?? selection.name).value, selection.name.value]];
    if (selection.kind === 'InlineFragment') return selected(selection.selectionSet, fragments);
    const fragment = fragments.find(({ name }) => name.value === selection.name.value);
    return fragment ? selected(fragment.selectionSet, fragments) : [];
  });
}
