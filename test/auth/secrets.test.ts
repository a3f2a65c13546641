import { createHash } from 'node:crypto';
import { newSecret } from '../../src/core/secret.ts';
import {
  ada,
  type Browser,
  bob,
  LOGIN,
  LOGOUT,
  PROFILE,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  SESSION,
  startApp,
  type TestApp,
} from '../support/app.ts';

describe('a new secret', () => {
  const secrets = Array.from({ length: 2000 }, newSecret);
  const bytes = secrets.map(({ token }) => Buffer.from(token, 'base64url'));

  it('SE-1: is 32 random bytes in 43 characters of base64url, and unique', () => {
    expect(secrets.filter(({ token }) => !/^[A-Za-z0-9_-]{43}$/.test(token))).toEqual([]);
    expect(bytes.filter(({ length }) => length !== 32)).toEqual([]);
    expect(new Set(secrets.map(({ token }) => token)).size).toBe(2000);
  });

  it('SE-1: has uniformly distributed bits', () => {
    const ones = Array.from({ length: 256 }, (_, bit) => bytes.filter(token => bitOf(token, bit)).length);

    // Ten standard deviations around a thousand: chance does not get there.
    expect(Math.min(...ones)).toBeGreaterThan(776);
    expect(Math.max(...ones)).toBeLessThan(1224);
  });

  it('SE-1: is stored as its SHA-256', () => {
    for (const { token, hash } of secrets) expect(hash).toBe(createHash('sha256').update(token).digest('hex'));
  });
});

describe('the database', () => {
  let app: TestApp;
  /** The same database behind a service without rate limits, for a test that tries many values. */
  let target: TestApp;
  let values: string[];
  let secrets: string[];
  beforeAll(async () => {
    app = await startApp();
    const browser = await app.register(ada);
    await app.register(bob);
    const { data } = await app.browser().send(LOGIN, { ...bob, transport: 'BEARER' });
    secrets = [browser.cookies.session_id as string, data.login.token, await app.resetToken(ada.email)];
    target = await startApp({
      database: app.database,
      ports: { clock: app.clock },
      env: { BIENVENUE_RATE_LIMITS: 'off' },
    });
    values = [...new Set((await app.dump()).map(String))].flatMap(value => [value, ...otherSpellings(value)]);
  });
  afterAll(async () => {
    await target.close();
    await app.close();
  });

  const works = async (browser: Browser) => (await browser.send(PROFILE)).data.profile !== null;

  it('SE-1, RS-1: contains no secret', () => {
    expect(values.length).toBeGreaterThan(30);
    for (const secret of secrets) expect(values.filter(value => value.includes(secret))).toEqual([]);
  });

  it('SE-1: contains nothing that works as a cookie', async () => {
    const tried = values.map(value => target.browser({ cookies: { session_id: encodeURI(value) } }));

    expect(await Promise.all(tried.map(works))).toEqual(values.map(() => false));
  });

  it('SE-1: contains nothing that works as a bearer token', async () => {
    const tried = values.map(value => target.browser({ headers: { authorization: `Bearer ${encodeURI(value)}` } }));

    expect(await Promise.all(tried.map(works))).toEqual(values.map(() => false));
  });

  it('RS-1: contains nothing that works as a reset token', async () => {
    const newPassword = 'the password of an attacker';
    const responses = await Promise.all(
      values.map(token => target.browser().send(RESET_PASSWORD, { token, newPassword })),
    );

    expect(new Set(responses.map(({ code }) => code))).toEqual(new Set(['TOKEN_INVALID']));
  });

  it('RS-1: accepts a token for its own purpose only', async () => {
    const [session, bearer, reset] = secrets as [string, string, string];
    const newPassword = 'the password of an attacker';

    expect(await works(target.browser({ cookies: { session_id: reset } }))).toBe(false);
    expect(await works(target.browser({ headers: { authorization: `Bearer ${reset}` } }))).toBe(false);
    for (const token of [session, bearer]) {
      expect(await target.browser().send(RESET_PASSWORD, { token, newPassword })).toMatchObject({
        code: 'TOKEN_INVALID',
      });
    }
  });
});

describe('a secret', () => {
  it('SE-2, LO-1: appears only in its own cookie or mail, and in no log line', async () => {
    const app = await startApp();
    const browser = await app.register(ada);
    const secrets = [browser.cookies.session_id as string];
    const bodies: string[] = [];
    const send = async (query: string, variables: Record<string, unknown> = {}) => {
      const { data, errors } = await browser.send(query, variables);
      bodies.push(JSON.stringify([data, errors]));
      if (browser.cookies.session_id) secrets.push(browser.cookies.session_id);
    };

    await send(LOGIN, { ...ada });
    await send(PROFILE);
    await send(SESSION);
    await send(REGISTER, { ...ada });
    await send(REQUEST_PASSWORD_RESET, { email: ada.email });
    const [mail] = await app.mails();
    const token = /token=(\S+)/.exec(mail?.text ?? '')?.[1] as string;
    secrets.push(token);
    await send(RESET_PASSWORD, { token, newPassword: 'short' });
    await send(RESET_PASSWORD, { token, newPassword: 'a password that is new' });
    await send(RESET_PASSWORD, { token, newPassword: 'a password that is newer' });
    await send(PROFILE);
    await send(LOGIN, { ...ada, password: 'a password that is new' });
    await send(LOGOUT);
    await app.mails();
    await app.close();

    expect(new Set(secrets).size).toBe(4);
    expect(app.lines.length).toBeGreaterThan(10);
    for (const secret of secrets) {
      expect(bodies.filter(body => body.includes(secret))).toEqual([]);
      expect(app.lines.filter(line => line.includes(secret))).toEqual([]);
    }
  });
});

/** Another value that an attacker with a database dump would try: the bytes of the hex hash in base64url have 43 characters. */
const otherSpellings = (value: string) =>
  /^[0-9a-f]{64}$/.test(value) ? [Buffer.from(value, 'hex').toString('base64url')] : [];

const bitOf = (token: Buffer, bit: number) => ((token[bit >> 3] as number) >> (bit & 7)) & 1;
