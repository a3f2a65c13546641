import type { PageSettings } from '../src/http/account-pages/page-settings.ts';

/** What the server wrote into the page. */
export const settings: PageSettings = JSON.parse(
  document.querySelector<HTMLMetaElement>('meta[name="bienvenue-settings"]')?.content ?? '{}',
);
