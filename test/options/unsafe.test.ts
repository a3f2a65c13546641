import type { Environment } from '../../src/options/environment.ts';
import { ada, REQUEST_PASSWORD_RESET, RESET_PASSWORD, startApp, type TestApp, tokenIn } from '../support/app.ts';
import { issuesOf, PUBLIC, SECRET } from '../support/settings.ts';

/** Settings that are accepted on loopback only, and the start of the message elsewhere. */
const LOOPBACK_ONLY: [string, Environment, string][] = [
  [
    'reset tokens in responses',
    { BIENVENUE_EXPOSE_RESET_TOKEN: 'on' },
    'BIENVENUE_EXPOSE_RESET_TOKEN: on is accepted on this machine only',
  ],
  ['no limits', { BIENVENUE_RATE_LIMITS: 'off' }, 'BIENVENUE_RATE_LIMITS: off is accepted on this machine only'],
  [
    'short passwords',
    { BIENVENUE_PASSWORD_MIN_LENGTH: '7' },
    'BIENVENUE_PASSWORD_MIN_LENGTH: a length below 8 is accepted on this machine only',
  ],
  ['the dev mailbox', { SMTP_URL: '' }, 'SMTP_URL: missing. The dev mailbox works on this machine only'],
];

/** Settings of a service that other machines can reach. */
const REACHABLE: [string, Environment][] = [
  ['HOST is every address', { HOST: '0.0.0.0', PUBLIC_URL: 'http://localhost:4000' }],
  ['HOST is every address, IPv6', { HOST: '::', PUBLIC_URL: 'http://localhost:4000' }],
  ['HOST is a network address', { HOST: '192.168.1.10', PUBLIC_URL: 'http://localhost:4000' }],
  [
    'HOST is a name that only starts like a loopback address',
    { HOST: '127.0.0.1.example.org', PUBLIC_URL: 'http://localhost:4000' },
  ],
  ['PUBLIC_URL is public', { HOST: '127.0.0.1', PUBLIC_URL: 'https://auth.example.org' }],
  [
    'PUBLIC_URL only starts like a loopback address',
    { HOST: '127.0.0.1', PUBLIC_URL: 'https://localhost.example.org' },
  ],
];

const ON_LOOPBACK: [string, Environment][] = [
  ['by default', {}],
  ['on any loopback address', { HOST: '127.9.9.9', PUBLIC_URL: 'http://127.1.1.1:4000' }],
  ['over IPv6', { HOST: '::1', PUBLIC_URL: 'http://[::1]:4000' }],
  ['by names', { HOST: 'localhost', PUBLIC_URL: 'http://auth.localhost:4000' }],
  ['with https', { PUBLIC_URL: 'https://localhost:4000' }],
];

describe('a setting for development', () => {
  const everywhere = LOOPBACK_ONLY.flatMap(([shortcut, set, sentence]) =>
    REACHABLE.map(([where, address]) => [shortcut, where, { ...PUBLIC, ...address, ...set }, sentence] as const),
  );
  it.each(everywhere)('OP-6: %s: refused when %s', (_, __, environment, sentence) => {
    expect(issuesOf(environment)).toEqual([expect.stringMatching(new RegExp(`^${sentence}.*; .*\\.$`))]);
  });

  const here = LOOPBACK_ONLY.flatMap(([shortcut, set]) =>
    ON_LOOPBACK.map(([how, address]) => [shortcut, how, { ...address, ...set }] as const),
  );
  it.each(here)('%s: accepted on loopback, %s', (_, __, environment) => {
    expect(issuesOf(environment)).toEqual([]);
  });

  it('OP-6: a bcrypt cost below 10 is always refused', () => {
    expect(issuesOf({ BIENVENUE_BCRYPT_COST: '9' })).toEqual([
      'BIENVENUE_BCRYPT_COST: set it to a whole number from 10 to 20.',
    ]);
  });
});

describe('conflicting settings', () => {
  it.each<[string, Environment, string]>([
    [
      'a public http address',
      { ...PUBLIC, PUBLIC_URL: 'http://auth.example.org', APP_URL: 'https://example.org' },
      'PUBLIC_URL: plain http is accepted on this machine only; set it to the https address',
    ],
    [
      'public pages over http',
      { ...PUBLIC, APP_URL: 'http://example.org' },
      'APP_URL: plain http is accepted on this machine only; set it to an https address',
    ],
    ['mails without a sender', { ...PUBLIC, MAIL_FROM: '' }, 'MAIL_FROM: missing. Set the sender of mails'],
    [
      'a SameSite=None cookie over http',
      { BIENVENUE_COOKIE_SAME_SITE: 'none', BIENVENUE_ALLOWED_ORIGINS: 'https://a.org' },
      'BIENVENUE_COOKIE_SAME_SITE: none needs https; set',
    ],
    [
      'a SameSite=None cookie without allowed origins',
      { ...PUBLIC, BIENVENUE_COOKIE_SAME_SITE: 'none' },
      'BIENVENUE_COOKIE_SAME_SITE: none is for front ends on another site; list',
    ],
    [
      'a front end over http',
      { ...PUBLIC, BIENVENUE_ALLOWED_ORIGINS: 'https://a.org,http://b.org' },
      'BIENVENUE_ALLOWED_ORIGINS: a page from plain http can be replaced on its way to the browser; list https',
    ],
    [
      'an idle time longer than the lifetime',
      { BIENVENUE_SESSION_IDLE: '2d', BIENVENUE_SESSION_LIFETIME: '1d' },
      'BIENVENUE_SESSION_IDLE: longer than BIENVENUE_SESSION_LIFETIME; set it',
    ],
    [
      'exposed reset tokens without REST routes',
      { BIENVENUE_EXPOSE_RESET_TOKEN: 'on', BIENVENUE_REST: 'off' },
      'BIENVENUE_EXPOSE_RESET_TOKEN: only the REST routes return the token; set',
    ],
  ])('OP-1: %s: refused with one message', (_, environment, sentence) => {
    expect(issuesOf({ ...environment, BIENVENUE_PASSWORD_PEPPER: `k1:${SECRET}` })).toEqual([
      expect.stringContaining(sentence),
    ]);
  });

  it("a front end on the developer's own machine may use http", () => {
    expect(issuesOf({ ...PUBLIC, BIENVENUE_ALLOWED_ORIGINS: 'http://localhost:3000' })).toEqual([]);
  });

  it('a short session lifetime also limits the default idle time', () => {
    expect(issuesOf({ BIENVENUE_SESSION_LIFETIME: '1d' })).toEqual([]);
  });
});

describe('the response to a reset request', () => {
  let app: TestApp;
  afterEach(() => app.close());

  const requestReset = async () => {
    const graphql = await app.browser().send(REQUEST_PASSWORD_RESET, { email: ada.email });
    const rest = await app.browser().form('POST', '/reset_password', { email: ada.email });
    return JSON.stringify([graphql, ...graphql.headers, ...rest.headers, await rest.text()]);
  };

  it('OP-6: does not contain the token', async () => {
    app = await startApp();
    await app.register(ada);
    const responses = await requestReset();
    const mails = await app.mails();

    expect(mails).toHaveLength(1);
    for (const mail of mails) expect(responses).not.toContain(tokenIn(mail));
    expect(responses).not.toContain('reset_token');
  });

  it('contains the token with BIENVENUE_EXPOSE_RESET_TOKEN=on', async () => {
    app = await startApp({ env: { BIENVENUE_EXPOSE_RESET_TOKEN: 'on' } });
    await app.register(ada);
    const [, token] = /reset_token\\":\\"([\w-]{43})/.exec(await requestReset()) ?? [];

    expect(await app.browser().send(RESET_PASSWORD, { token, newPassword: 'another horse battery' })).toMatchObject({
      data: { resetPassword: true },
    });
  });
});
