import type { Environment } from '../../src/options/environment.ts';
import { ada, REQUEST_PASSWORD_RESET, RESET_PASSWORD, startApp, type TestApp, tokenIn } from '../support/app.ts';
import { issuesOf, PUBLIC, SECRET } from '../support/settings.ts';

/** Settings that are for this machine alone, and how the refusal elsewhere begins. */
const FOR_THIS_MACHINE: [string, Environment, string][] = [
  [
    'reset tokens in answers',
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

/** Every way of meaning more than this machine. */
const ELSEWHERE: [string, Environment][] = [
  ['HOST is every address', { HOST: '0.0.0.0', PUBLIC_URL: 'http://localhost:4000' }],
  ['HOST is every address, IPv6', { HOST: '::', PUBLIC_URL: 'http://localhost:4000' }],
  ['HOST is of the network', { HOST: '192.168.1.10', PUBLIC_URL: 'http://localhost:4000' }],
  ['HOST is a name that only begins like ours', { HOST: '127.0.0.1.example.org', PUBLIC_URL: 'http://localhost:4000' }],
  ['PUBLIC_URL is for everybody', { HOST: '127.0.0.1', PUBLIC_URL: 'https://auth.example.org' }],
  ['PUBLIC_URL only begins like ours', { HOST: '127.0.0.1', PUBLIC_URL: 'https://localhost.example.org' }],
];

const HERE: [string, Environment][] = [
  ['by default', {}],
  ['on any loopback address', { HOST: '127.9.9.9', PUBLIC_URL: 'http://127.1.1.1:4000' }],
  ['over IPv6', { HOST: '::1', PUBLIC_URL: 'http://[::1]:4000' }],
  ['by names', { HOST: 'localhost', PUBLIC_URL: 'http://auth.localhost:4000' }],
  ['with https', { PUBLIC_URL: 'https://localhost:4000' }],
];

describe('what is for this machine alone', () => {
  const everywhere = FOR_THIS_MACHINE.flatMap(([shortcut, set, sentence]) =>
    ELSEWHERE.map(([where, address]) => [shortcut, where, { ...PUBLIC, ...address, ...set }, sentence] as const),
  );
  it.each(everywhere)('OP-6: %s: refused where %s', (_, __, environment, sentence) => {
    expect(issuesOf(environment)).toEqual([expect.stringMatching(new RegExp(`^${sentence}.*; .*\\.$`))]);
  });

  const here = FOR_THIS_MACHINE.flatMap(([shortcut, set]) =>
    HERE.map(([how, address]) => [shortcut, how, { ...address, ...set }] as const),
  );
  it.each(here)('%s: accepted here, %s', (_, __, environment) => {
    expect(issuesOf(environment)).toEqual([]);
  });

  it('OP-6: bcrypt below cost 10 is for nobody', () => {
    expect(issuesOf({ BIENVENUE_BCRYPT_COST: '9' })).toEqual([
      'BIENVENUE_BCRYPT_COST: set it to a whole number from 10 to 20.',
    ]);
  });
});

describe('settings that do not go together', () => {
  it.each<[string, Environment, string]>([
    [
      'http for everybody',
      { ...PUBLIC, PUBLIC_URL: 'http://auth.example.org', APP_URL: 'https://example.org' },
      'PUBLIC_URL: plain http is accepted on this machine only; set it to the https address',
    ],
    [
      'http pages for everybody',
      { ...PUBLIC, APP_URL: 'http://example.org' },
      'APP_URL: plain http is accepted on this machine only; set it to an https address',
    ],
    ['mails from nobody', { ...PUBLIC, MAIL_FROM: '' }, 'MAIL_FROM: missing. Set the sender of mails'],
    [
      'a SameSite=None cookie over http',
      { BIENVENUE_COOKIE_SAME_SITE: 'none', BIENVENUE_ALLOWED_ORIGINS: 'https://a.org' },
      'BIENVENUE_COOKIE_SAME_SITE: none needs https; set',
    ],
    [
      'a SameSite=None cookie for nobody',
      { ...PUBLIC, BIENVENUE_COOKIE_SAME_SITE: 'none' },
      'BIENVENUE_COOKIE_SAME_SITE: none is for front ends on another site; list',
    ],
    [
      'a front end over http',
      { ...PUBLIC, BIENVENUE_ALLOWED_ORIGINS: 'https://a.org,http://b.org' },
      'BIENVENUE_ALLOWED_ORIGINS: a page from plain http can be replaced on its way to the browser; list https',
    ],
    [
      'idle longer than life',
      { BIENVENUE_SESSION_IDLE: '2d', BIENVENUE_SESSION_LIFETIME: '1d' },
      'BIENVENUE_SESSION_IDLE: longer than BIENVENUE_SESSION_LIFETIME; set it',
    ],
    [
      'reset tokens over no route',
      { BIENVENUE_EXPOSE_RESET_TOKEN: 'on', BIENVENUE_REST: 'off' },
      'BIENVENUE_EXPOSE_RESET_TOKEN: only the REST routes return the token; set',
    ],
  ])('OP-1: %s: refused in one sentence', (_, environment, sentence) => {
    expect(issuesOf({ ...environment, BIENVENUE_PASSWORD_PEPPER: `k1:${SECRET}` })).toEqual([
      expect.stringContaining(sentence),
    ]);
  });

  it("a front end on the developer's own machine may use http", () => {
    expect(issuesOf({ ...PUBLIC, BIENVENUE_ALLOWED_ORIGINS: 'http://localhost:3000' })).toEqual([]);
  });

  it('a short life for sessions alone is enough: they are then idle no longer than that', () => {
    expect(issuesOf({ BIENVENUE_SESSION_LIFETIME: '1d' })).toEqual([]);
  });
});

describe('the answer to a reset request', () => {
  let app: TestApp;
  afterEach(() => app.close());

  const ask = async () => {
    const graphql = await app.browser().send(REQUEST_PASSWORD_RESET, { email: ada.email });
    const rest = await app.browser().form('POST', '/reset_password', { email: ada.email });
    return JSON.stringify([graphql, ...graphql.headers, ...rest.headers, await rest.text()]);
  };

  it('OP-6: never carries the token', async () => {
    app = await startApp();
    await app.register(ada);
    const answers = await ask();
    const mails = await app.mails();

    expect(mails).toHaveLength(1);
    for (const mail of mails) expect(answers).not.toContain(tokenIn(mail));
    expect(answers).not.toContain('reset_token');
  });

  it('carries it where the operator has said so', async () => {
    app = await startApp({ env: { BIENVENUE_EXPOSE_RESET_TOKEN: 'on' } });
    await app.register(ada);
    const [, token] = /reset_token\\":\\"([\w-]{43})/.exec(await ask()) ?? [];

    expect(await app.browser().send(RESET_PASSWORD, { token, newPassword: 'another horse battery' })).toMatchObject({
      data: { resetPassword: true },
    });
  });
});
