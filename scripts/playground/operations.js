import groups from './operations.json';

const documents = Object.values(
  import.meta.glob('../../schema/operations/*.graphql', { query: '?raw', import: 'default', eager: true }),
);

/** Our operations as tabs, in the groups and the order of operations.json. */
export const GROUPS = groups.map(({ title, operations }) => ({ title, tabs: operations.map(tabOf) }));

function tabOf({ name, hint, variables }) {
  const document = documents.find(text => new RegExp(`^(query|mutation) ${name}\\b`).test(text));
  return {
    name,
    query: hint ? `# ${hint}\n${document}` : document,
    variables: variables ? JSON.stringify(variables, null, 2) : null,
  };
}
