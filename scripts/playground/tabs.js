const STATE = 'graphiql:tabState';
const OFFERED = 'bienvenue:operations';

/**
 * The properties that GraphiQL starts with. The first visit gets a tab for each operation; later ones get the tabs as they
 * were left, closed ones excluded, with those operations at the end that the service did not have before.
 */
export function startingTabs(storage, operations) {
  const state = read(storage, STATE);
  const offered = read(storage, OFFERED) ?? [];
  storage.setItem(OFFERED, JSON.stringify(operations.map(({ name }) => name)));
  if (!state?.tabs?.length) return { defaultTabs: operations, ...editors(operations[0]) };

  const known = new Set([...offered, ...state.tabs.map(({ title }) => title)]);
  const tabs = [...state.tabs, ...operations.filter(({ name }) => !known.has(name)).map(storedTab)];
  storage.setItem(STATE, JSON.stringify({ ...state, tabs }));
  return editors(tabs[state.activeTabIndex] ?? tabs[0]);
}

export const isFirstVisit = storage => storage.getItem(STATE) === null;

/** GraphiQL opens another tab unless the editors start with the content of a stored one. */
const editors = ({ query, variables }) => ({ initialQuery: query ?? '', initialVariables: variables ?? '' });

const storedTab = ({ name, query, variables }) => ({
  id: name,
  title: name,
  query,
  variables,
  headers: null,
  operationName: name,
  response: null,
});

function read(storage, key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    return null;
  }
}
