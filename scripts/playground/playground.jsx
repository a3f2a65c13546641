import { DOC_EXPLORER_PLUGIN } from '@graphiql/plugin-doc-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { GROUPS } from './operations.js';
import { ActiveTabInView, OPERATIONS_PLUGIN } from './operations-plugin.jsx';
import './playground.css';
import { isFirstVisit, startingTabs } from './tabs.js';

const WORKERS = {
  json: '/graphql/playground/json.worker.js',
  graphql: '/graphql/playground/graphql.worker.js',
};

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(WORKERS[label] ?? '/graphql/playground/editor.worker.js', { type: 'module' }),
};

async function fetcher(operation, options) {
  const headers = new Headers(options?.headers);
  headers.set('content-type', 'application/json');
  const body = JSON.stringify(operation);
  const response = await fetch('/graphql', { method: 'POST', credentials: 'same-origin', headers, body });
  return response.json();
}

// Tabs may contain passwords: session storage is deleted with the browser window.
const storage = sessionStorage;
const container = document.getElementById('playground');
const { mailbox } = container.dataset;
const startsWithDocs = isFirstVisit(storage) && matchMedia('(min-width: 50rem)').matches;

createRoot(container).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    shouldPersistHeaders={false}
    plugins={[OPERATIONS_PLUGIN, HISTORY_PLUGIN]}
    visiblePlugin={startsWithDocs ? DOC_EXPLORER_PLUGIN : undefined}
    defaultEditorToolsVisibility="variables"
    {...startingTabs(
      storage,
      GROUPS.flatMap(({ tabs }) => tabs),
    )}
  >
    <GraphiQL.Logo>
      <nav className="pages" aria-label="Pages">
        {mailbox && (
          <a href={mailbox} target="bienvenue-mailbox">
            Mailbox
          </a>
        )}
        <a href="/">Bienvenue</a>
      </nav>
    </GraphiQL.Logo>
    <ActiveTabInView />
  </GraphiQL>,
);
