// A page that uses the hooks of the client kit, bundled for client.browser.ts.
import { createElement as h, type ReactNode, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createAuthClient } from '../../../src/client/index.ts';
import {
  AuthProvider,
  useAccountEvents,
  useLogin,
  useLogout,
  useProfile,
  useRevokeSession,
  useSessions,
} from '../../../src/client/react/index.ts';

const PASSWORD = 'correct horse battery staple';

function Profile(): ReactNode {
  const { data: profile, loading, error } = useProfile();
  record(error ? error.code : profile === undefined ? 'unknown' : (profile?.email ?? 'visitor'));
  return h('p', { id: 'profile' }, error ? error.message : loading ? 'loading' : (profile?.name ?? 'visitor'));
}

function SignIn(): ReactNode {
  const [login, { loading, error, reset }] = useLogin();
  const [outcome, setOutcome] = useState('');
  const signIn = async (email: string, password: string) => {
    const { data, error: failure } = await login({ email, password });
    setOutcome(data ? data.__typename : (failure?.code ?? 'neither'));
  };
  return h(
    'section',
    null,
    button('Sign in as Ada', () => signIn('ada@example.org', PASSWORD)),
    button('Sign in as Bob', () => signIn('bob@example.org', PASSWORD)),
    button(
      'Sign in twice',
      () => void Promise.all([signIn('ada@example.org', PASSWORD), signIn('ada@example.org', PASSWORD)]),
    ),
    button('Sign in wrongly', () => signIn('ada@example.org', 'wrong horse')),
    button('Forget the error', reset),
    h('p', { id: 'login' }, loading ? 'loading' : (error?.message ?? 'no error')),
    h('p', { id: 'outcome' }, outcome),
  );
}

function SignOut(): ReactNode {
  const [logout] = useLogout();
  return button('Sign out', () => logout());
}

function Sessions(): ReactNode {
  const { data, error, refetch } = useSessions();
  const [revoke] = useRevokeSession();
  const others = data?.filter(({ current }) => !current) ?? [];
  const end = async () => {
    await Promise.all(others.map(({ id }) => revoke({ id })));
    await refetch();
  };
  return h(
    'section',
    null,
    h('p', { id: 'sessions' }, error?.code ?? data?.length ?? 'unknown'),
    button('End others', end),
  );
}

function Events(): ReactNode {
  const { data, hasMore, fetchMore } = useAccountEvents({ first: 2 });
  const ids = data?.edges.map(({ node }) => node.id) ?? [];
  return h(
    'section',
    null,
    h('p', { id: 'events' }, `${ids.length} of ${new Set(ids).size}${hasMore ? ' and more' : ''}`),
    button('More events', () => fetchMore()),
  );
}

function Skipped(): ReactNode {
  const { data, loading } = useAccountEvents({ first: 50 }, { skip: true });
  return h('p', { id: 'skipped' }, data || loading ? 'sent' : 'skipped');
}

const button = (name: string, act: () => unknown) => h('button', { type: 'button', onClick: () => void act() }, name);

interface Page {
  document: { getElementById(id: string): Parameters<typeof createRoot>[0] };
  /** Every value that the profile had in a render, without repetitions. */
  seen: string[];
  client: ReturnType<typeof createAuthClient>;
}
const page = globalThis as unknown as Page;
page.seen = [];
page.client = createAuthClient({ uri: '/graphql' });

function record(value: string): void {
  if (page.seen.at(-1) !== value) page.seen.push(value);
}

const children = [Profile, SignIn, SignOut, Sessions, Events, Skipped].map(component =>
  h(component, { key: component.name }),
);
createRoot(page.document.getElementById('root')).render(
  h(StrictMode, null, h(AuthProvider, { client: page.client, children })),
);
