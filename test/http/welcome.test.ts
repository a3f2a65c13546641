import type { Environment } from '../../src/options/environment.ts';
import { startApp } from '../support/app.ts';
import { request } from '../support/raw.ts';

const PRODUCTION = {
  PUBLIC_URL: 'https://login.example.org',
  SMTP_URL: 'smtp://localhost:1',
  MAIL_FROM: 'no-reply@example.org',
};
const PAGES = ['/account/sign-in', '/account/register'];
const DOCS = 'https://www.npmjs.com/package/bienvenue-auth';

/** The response at `/`. */
async function welcome(env: Environment, accept: string) {
  const app = await startApp({ env });
  try {
    const { status, text } = await request(app.url, { headers: { accept } });
    return { status, text, links: [...text.matchAll(/<a href="([^"]*)"/g)].map(([, address]) => address) };
  } finally {
    await app.close();
  }
}

describe('the welcome page', () => {
  it.each([
    ['on the machine of a developer', {}, [...PAGES, '/graphql', '/dev/mailbox', DOCS]],
    ['in production', PRODUCTION, PAGES],
    ['without the REST routes', { ...PRODUCTION, BIENVENUE_REST: 'off' }, PAGES],
    ['without account pages', { BIENVENUE_PAGES: 'off' }, ['/graphql', '/dev/mailbox', DOCS]],
    ['without anything to link to', { ...PRODUCTION, BIENVENUE_PAGES: 'off' }, []],
  ])('links to what there is, %s', async (_, env, links) => {
    expect(await welcome(env, 'text/html')).toMatchObject({ status: 200, links });
  });

  it('is for browsers: other clients get JSON with the REST routes, and 404 without', async () => {
    expect(await welcome({}, '*/*')).toMatchObject({ status: 200, text: '{"message":"Bienvenue"}' });
    expect(await welcome({ BIENVENUE_REST: 'off' }, '*/*')).toMatchObject({ status: 404 });
  });
});
