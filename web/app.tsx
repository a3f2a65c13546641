import type { ApolloClient } from '@apollo/client';
import { AuthProvider } from 'bienvenue-auth/react';
import { useEffect, useState } from 'react';
import { matchRoute, useLocation, useRouter } from 'wouter';
import { LanguageProvider, type LoadedLanguage } from './i18n/language.tsx';
import { ErrorBoundary } from './layout/error-boundary.tsx';
import { SignedOut } from './layout/signed-out.tsx';
import { Skeleton } from './layout/skeleton.tsx';
import NotFound from './pages/not-found.tsx';
import { type PageProps, type PageRoute, ROUTES } from './routes.ts';
import { ForUsers, ForVisitors } from './session/guards.tsx';
import { SessionEndProvider } from './session/session-end.tsx';

/** All pages, with what they share. */
export function App({ client, language }: { client: ApolloClient; language: LoadedLanguage }) {
  return (
    <AuthProvider client={client}>
      <LanguageProvider initial={language}>
        <SessionEndProvider>
          <CurrentPage />
        </SessionEndProvider>
      </LanguageProvider>
    </AuthProvider>
  );
}

/** The page of the address. A frame stays while the pages in it change. */
function CurrentPage() {
  const { parser } = useRouter();
  const [path] = useLocation();
  for (const route of ROUTES) {
    const [matches, params] = matchRoute(parser, route.path, path);
    if (!matches) continue;
    return (
      <ErrorBoundary key={route.for}>
        <Framed route={route} params={params} />
      </ErrorBoundary>
    );
  }
  return (
    <SignedOut>
      <NotFound />
    </SignedOut>
  );
}

function Framed({ route, params }: { route: PageRoute } & PageProps) {
  // The page loads while its guard still waits for the profile. An error is shown when the page is.
  useEffect(() => void route.page.load().catch(() => undefined), [route]);
  const page = <Page key={route.path} route={route} params={params} />;
  if (route.for === 'visitors') return <ForVisitors size={route.size}>{page}</ForVisitors>;
  if (route.for === 'everybody') return <SignedOut>{page}</SignedOut>;
  return (
    <ForUsers size={route.size} requiredRole={route.for === 'admins' ? 'ADMIN' : undefined}>
      {page}
    </ForUsers>
  );
}

function Page({ route: { page, size }, params }: { route: PageRoute } & PageProps) {
  const [Component, setComponent] = useState(() => page.component);
  const [error, setError] = useState<unknown>();
  useEffect(() => void page.load().then(component => setComponent(() => component), setError), [page]);
  if (error !== undefined) throw error;
  return Component ? <Component params={params} /> : <Skeleton {...size} />;
}
