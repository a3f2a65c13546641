import { readdirSync } from 'node:fs';
import { createElement as h, type ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { ProfileDocument } from '../../schema/documents.ts';
import { createAuthClient, createServerClient } from '../../src/client/index.ts';
import * as kit from '../../src/client/react/index.ts';
import { ada, startApp } from '../support/app.ts';

const { AuthProvider, useProfile } = kit;

const Name = (): ReactNode => useProfile().data?.name ?? 'unknown';

describe('the hooks', () => {
  it('are one for each operation, named after it', () => {
    const operations = readdirSync('schema/operations').map(file => file.replace('.graphql', ''));
    const names = operations.map(name => `use-${name}`.replace(/-(.)/g, (_, letter) => letter.toUpperCase()));

    expect(names).toHaveLength(31);
    expect(Object.keys(kit).sort()).toEqual(['AuthProvider', 'useAuthClient', ...names].sort());
  });

  it('render on the server what a loader has fetched for the visitor', async () => {
    const app = await startApp();
    const { cookies } = await app.register(ada);
    const request = { headers: { cookie: `session_id=${cookies.session_id}` } };
    const { client } = createServerClient({ uri: `${app.url}/graphql`, request });
    await client.query({ query: ProfileDocument });
    await app.close();

    expect(renderToString(h(AuthProvider, { client }, h(Name)))).toBe('Ada');
  });

  it('render what is not known yet without a request', async () => {
    let requests = 0;
    const fetch = async () => {
      requests += 1;
      return Response.json({ data: { profile: null } });
    };
    const client = createAuthClient({ uri: '/graphql', fetch });

    expect(renderToString(h(AuthProvider, { client }, h(Name)))).toBe('unknown');
    await new Promise(setImmediate);
    expect(requests).toBe(0);
  });

  it('need a provider', () => {
    expect(() => renderToString(h(Name))).toThrow();
  });
});
