import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import './playground.css';

globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const name = label === 'json' || label === 'graphql' ? label : 'editor';
    return new Worker(new URL(`${name}.worker.js`, import.meta.url), { type: 'module' });
  },
};

const defaultQuery = `# Welcome to Bienvenue. Try these in order:

mutation Register {
  register(email: "ada@example.org", password: "correct horse battery staple", name: "Ada") {
    ... on SignedIn {
      user { id email }
    }
  }
}

query Profile {
  profile { id email name }
}

mutation Logout {
  logout
}
`;

async function fetcher(operation, options) {
  const headers = new Headers(options?.headers);
  headers.set('content-type', 'application/json');
  const body = JSON.stringify(operation);
  const response = await fetch('/graphql', { method: 'POST', credentials: 'same-origin', headers, body });
  return response.json();
}

createRoot(document.getElementById('playground')).render(
  // Tabs may contain passwords: session storage is deleted with the browser window.
  <GraphiQL fetcher={fetcher} defaultQuery={defaultQuery} storage={sessionStorage} />,
);
