import { ada, LOGIN, RESET_PASSWORD, startApp, type TestApp } from '../support/app.ts';
import { BEHIND_PROXY, browserAt, guess, guessWrong } from '../support/guesses.ts';
import { Restarting } from '../support/replicas.ts';

const WRONG = { status: 200, code: 'INVALID_CREDENTIALS' };
const LIMITED = { status: 429, code: 'RATE_LIMITED', data: null };
const SIGNED_IN = { data: { login: { __typename: 'SignedIn' } } };

describe('wrong passwords for an account', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp({ env: BEHIND_PROXY });
    await app.register(ada);
  });
  afterEach(() => app.close());

  it('RL-1: cause growing delays from the fifth on, and the response contains the delay', async () => {
    for (let index = 0; index < 5; index++) expect(await guess(app, ada, `wrong ${index}`)).toMatchObject(WRONG);

    for (const wait of [1, 2, 4, 8, 16]) {
      const response = await guess(app, ada, ada.password);
      expect(response).toMatchObject({ ...LIMITED, retryAfter: wait });
      expect(response.headers.get('retry-after')).toBe(String(wait));
      app.clock.advance({ seconds: wait, ms: -1 });
      expect(await guess(app, ada, ada.password)).toMatchObject({ ...LIMITED, retryAfter: 1 });
      app.clock.advance({ ms: 1 });
      expect(await guess(app, ada, 'wrong again')).toMatchObject(WRONG);
    }
    expect(await guess(app, ada, ada.password)).toMatchObject({ ...LIMITED, retryAfter: 900 });
  });

  it('RL-1: block one source for 15 minutes after ten attempts', async () => {
    expect(await guessWrong(app, ada, 10)).toEqual(Array(10).fill('INVALID_CREDENTIALS'));

    expect(await guess(app, ada, ada.password)).toMatchObject(LIMITED);
    app.clock.advance({ minutes: 14 });
    expect(await guess(app, ada, ada.password)).toMatchObject(LIMITED);
    app.clock.advance({ minutes: 1 });
    expect(await guess(app, ada, ada.password)).toMatchObject(SIGNED_IN);
  });

  it('RL-1: block only the source that sent them', async () => {
    await guessWrong(app, ada, 10, '192.0.2.66');

    expect(await guess(app, ada, ada.password, '192.0.2.66')).toMatchObject(LIMITED);
    expect(await guess(app, ada, ada.password, '192.0.2.1')).toMatchObject(SIGNED_IN);
    expect(await guess(app, ada, ada.password, '192.0.2.66')).toMatchObject(LIMITED);
  });

  it('RL-1: lock the account after a hundred from any sources, until a reset', async () => {
    for (let source = 1; source <= 12; source++) await guessWrong(app, ada, 9, `198.51.100.${source}`);

    expect(await guess(app, ada, ada.password, '203.0.113.1')).toMatchObject(WRONG);
    app.clock.advance({ days: 365 });
    expect(await guess(app, ada, ada.password, '203.0.113.2')).toMatchObject(WRONG);

    const token = await app.resetToken(ada.email);
    await app.browser().send(RESET_PASSWORD, { token, newPassword: 'a password nobody guessed' });
    expect(await guess(app, ada, 'a password nobody guessed', '203.0.113.3')).toMatchObject(SIGNED_IN);
  });

  it('RL-1: are counted from zero after the correct password', async () => {
    for (let round = 0; round < 12; round++) {
      expect(await guessWrong(app, ada, 9)).toEqual(Array(9).fill('INVALID_CREDENTIALS'));
      expect(await guess(app, ada, ada.password)).toMatchObject(SIGNED_IN);
    }
  });

  it('RL-7: do not lock the owner out after a reset, even at the source of the attempts', async () => {
    await guessWrong(app, ada, 10);
    const browser = browserAt(app, '192.0.2.1');
    const token = await app.resetToken(ada.email);

    await browser.send(RESET_PASSWORD, { token, newPassword: 'a password nobody guessed' });

    expect(await browser.send(LOGIN, { email: ada.email, password: 'a password nobody guessed' })).toMatchObject(
      SIGNED_IN,
    );
  });

  it('are counted in the same way for an address without an account', async () => {
    const nobody = { ...ada, email: 'nobody@example.org' };

    expect(await guessWrong(app, nobody, 10)).toEqual(Array(10).fill('INVALID_CREDENTIALS'));
    expect(await guess(app, nobody, 'wrong')).toMatchObject({ ...LIMITED, retryAfter: 880 });
  });

  it('share their counter with REST', async () => {
    const browser = browserAt(app, '192.0.2.1');
    for (let index = 0; index < 5; index++)
      await browser.form('POST', '/sessions', { email: ada.email, password: 'wrong' });

    const response = await browser.form('POST', '/sessions', { ...ada, name: '' });

    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await guess(app, ada, ada.password)).toMatchObject(LIMITED);
  });
});

describe('a service that restarts', () => {
  const service = new Restarting();
  afterAll(() => service.close());

  it('RL-9: keeps its counters', async () => {
    const { clock } = await service.start({ env: BEHIND_PROXY });
    await service.app.register(ada);
    await guessWrong(service.app, ada, 10);

    await service.start({ env: BEHIND_PROXY, ports: { clock } });

    expect(await guess(service.app, ada, ada.password)).toMatchObject(LIMITED);
  });
});
