import { createAuthClient } from 'bienvenue-auth/client';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { fetchWithTimeout } from './connection.ts';
import { browserLanguage, loadLanguage } from './i18n/language.tsx';
import { showIcon } from './layout/icon.ts';
import { takeToken } from './links/token.ts';
import { settings } from './settings.ts';
import './styles/pages.css';

takeToken();
showIcon();

const client = createAuthClient({ uri: settings.graphqlPath, fetch: fetchWithTimeout });

loadLanguage(browserLanguage()).then(language => {
  const root = document.getElementById('pages');
  if (root) createRoot(root).render(<App client={client} language={language} />);
});
