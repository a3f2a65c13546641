import { createAuthClient } from 'bienvenue-auth/client';
import { AuthProvider } from 'bienvenue-auth/react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

// The address of the service. It must list the origin of this page in BIENVENUE_ALLOWED_ORIGINS.
const client = createAuthClient({ uri: 'http://localhost:4000/graphql' });

createRoot(document.getElementById('app') as HTMLElement).render(
  <AuthProvider client={client}>
    <App />
  </AuthProvider>,
);
