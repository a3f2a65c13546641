// Signs in with EMAIL and PASSWORD, and keeps the session in a file that only you can read, for the next time.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { authError, createAuthClient } from 'bienvenue-auth/client';
import { LoginDocument, ProfileDocument, SessionsDocument } from 'bienvenue-auth/documents';

const { AUTH_URL: uri = 'http://localhost:4000/graphql', EMAIL: email, PASSWORD: password } = process.env;
const storage = {
  get: () => readFile('.session', 'utf8').catch(() => null),
  set: token => writeFile('.session', token, { mode: 0o600 }),
  remove: () => rm('.session', { force: true }),
};
const client = createAuthClient({ uri, transport: { storage } });

try {
  let { data } = await client.query({ query: ProfileDocument });
  if (!data.profile) {
    await client.mutate({ mutation: LoginDocument, variables: { email, password } });
    ({ data } = await client.query({ query: ProfileDocument }));
  }
  console.log(data.profile);
  console.table((await client.query({ query: SessionsDocument })).data.sessions);
} catch (error) {
  console.error(authError(error).message);
  process.exitCode = 1;
}
