import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect } from 'react';
import { GROUPS } from './operations.js';

/** A list of all operations, which opens their tabs. */
export const OPERATIONS_PLUGIN = { title: 'Operations', icon: ListIcon, content: Operations };

function Operations() {
  const { tabs, activeTabIndex, queryEditor, variableEditor } = useGraphiQL(
    pick('tabs', 'activeTabIndex', 'queryEditor', 'variableEditor'),
  );
  const { addTab, changeTab } = useGraphiQLActions();

  function open({ name, query, variables }) {
    const index = tabs.findIndex(({ title }) => title === name);
    if (index >= 0) return changeTab(index);
    addTab();
    queryEditor.setValue(query);
    variableEditor.setValue(variables ?? '');
  }

  const current = tabs[activeTabIndex]?.title;
  return (
    <nav className="operations" aria-label="Operations">
      <h2>Operations</h2>
      {GROUPS.map(group => (
        <section key={group.title}>
          <h3>{group.title}</h3>
          {group.tabs.map(tab => (
            <button key={tab.name} type="button" aria-current={tab.name === current} onClick={() => open(tab)}>
              {tab.name}
            </button>
          ))}
        </section>
      ))}
    </nav>
  );
}

/** Scrolls the tab bar to the active tab. */
export function ActiveTabInView() {
  const activeTabIndex = useGraphiQL(state => state.activeTabIndex);
  useEffect(() => {
    const tab = document.getElementById(`graphiql-session-tab-${activeTabIndex}`)?.parentElement;
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [activeTabIndex]);
  return null;
}

function ListIcon() {
  return (
    <svg aria-hidden="true" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5">
      <path d="M7.5 4.5H18M7.5 10H18M7.5 15.5H18M2.5 4.5h1M2.5 10h1M2.5 15.5h1" />
    </svg>
  );
}
