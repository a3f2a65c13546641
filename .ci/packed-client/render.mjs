// The kit as ES modules of Node.js, without a bundler: renders a component with data from the cache.
import assert from 'node:assert/strict';
import { createAuthClient } from 'bienvenue-auth/client';
import { ProfileDocument } from 'bienvenue-auth/documents';
import { AuthProvider, useLogin, useProfile } from 'bienvenue-auth/react';
import { createElement as h } from 'react';
import { renderToString } from 'react-dom/server';

const client = createAuthClient({ uri: 'http://localhost/graphql' });
const user = { __typename: 'User', id: '1', email: 'ada@example.org', emailVerified: true, name: 'Ada', locale: null };
const profile = { ...user, roles: [], createdAt: '2026-01-15T12:00:00.000Z' };
client.writeQuery({ query: ProfileDocument, data: { profile } });

const App = () => {
  const [, { loading }] = useLogin();
  return h('p', null, `${useProfile().data?.name} ${loading}`);
};
assert.equal(renderToString(h(AuthProvider, { client }, h(App))), '<p>Ada false</p>');
