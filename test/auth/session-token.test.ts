import { ada, bob, LOGIN, PROFILE, REGISTER, sessionOf, startApp, type TestApp } from '../support/app.ts';
import { post } from '../support/raw.ts';

describe('a session token', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await app.register(ada);
  });
  afterAll(() => app.close());

  const profileWith = (cookie: string) => app.browser({ headers: { cookie } }).send(PROFILE);

  describe('is a new one', () => {
    it.each(['never-given-out', 'A'.repeat(43)])(
      'SE-3: never adopts a token presented before login: %s',
      async fixed => {
        const browser = app.browser({ cookies: { session_id: fixed } });

        await browser.send(LOGIN, { ...ada });

        expect(sessionOf(browser)).not.toBe(fixed);
        expect((await profileWith(`session_id=${fixed}`)).data.profile).toBeNull();
        expect((await browser.send(PROFILE)).data.profile).toMatchObject({ email: ada.email });
      },
    );

    it('SE-3: ends the previous session of the browser at a login', async () => {
      const browser = await app.login(ada);
      const old = sessionOf(browser);

      await browser.send(LOGIN, { ...ada });

      expect(sessionOf(browser)).not.toBe(old);
      expect((await profileWith(`session_id=${old}`)).data.profile).toBeNull();
    });

    it('SE-3: ends the previous session of the browser at a registration', async () => {
      const browser = await app.login(ada);
      const old = sessionOf(browser);

      await browser.send(REGISTER, { ...bob });

      expect((await profileWith(`session_id=${old}`)).data.profile).toBeNull();
      expect((await browser.send(PROFILE)).data.profile).toMatchObject({ email: bob.email });
    });

    it('SE-3: keeps the previous session when the password is wrong', async () => {
      const browser = await app.login(ada);

      await browser.send(LOGIN, { ...ada, password: 'not the password' });

      expect((await browser.send(PROFILE)).data.profile).toMatchObject({ email: ada.email });
    });
  });

  describe('is accepted only exactly as issued', () => {
    let token: string;
    beforeAll(async () => {
      token = sessionOf(await app.login(ada));
    });
    afterEach(async () => {
      expect((await profileWith(`session_id=${token}`)).data.profile).toMatchObject({ email: ada.email });
    });

    it('SE-8: is refused with the case of one letter changed', async () => {
      const flipped = [...token].flatMap((letter, at) => {
        const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
        return other === letter ? [] : [token.slice(0, at) + other + token.slice(at + 1)];
      });

      const responses = await Promise.all(flipped.map(value => profileWith(`session_id=${value}`)));

      expect(flipped.length).toBeGreaterThan(10);
      expect(responses.filter(({ data }) => data.profile !== null)).toEqual([]);
    });

    it.each([
      ['under another case of its name', () => `SESSION_ID=${token}; xsession_id=1`],
      ['under a longer name', () => `xsession_id=${token}; session_id2=${token}`],
      ['under the name of https', () => `__Host-session_id=${token}`],
      ['in single quotes', () => `session_id='${token}'`],
      ['after an opening quote only', () => `session_id="${token}`],
      ['URL-encoded', () => `session_id=${token.replace(/^./, first => `%${first.charCodeAt(0).toString(16)}`)}`],
      ['cut short', () => `session_id=${token.slice(0, -1)}`],
      ['made longer', () => `session_id=${token}A`],
      ['padded', () => `session_id=${token}=`],
      ['twice', () => `session_id=${token}; session_id=${token}`],
      ['after one that was fixed', () => `session_id=fixed; session_id=${token}`],
      ['before one that was fixed', () => `session_id=${token}; a=b; session_id=fixed`],
      ['before an empty one', () => `session_id=${token}; session_id=`],
      ['at the end of much else', () => `session_id=${'x'.repeat(12_000)}${token}`],
    ])('SE-8: is refused %s', async (_, cookie) => {
      expect(await profileWith(cookie())).toMatchObject({ status: 200, data: { profile: null } });
    });

    it('is accepted in double quotes, as RFC 6265 4.1.1 allows', async () => {
      expect(await profileWith(`session_id="${token}"`)).toMatchObject({ data: { profile: { email: ada.email } } });
    });

    it('SE-8, CS-7: is refused beside a second, fixed Cookie header', async () => {
      const headers = { cookie: [`session_id=${token}`, 'session_id=fixed'] };

      expect((await post(app.url, PROFILE, { headers })).json).toEqual({ data: { profile: null } });
    });

    it.each([
      ['beside others', () => `a=b; session_id=${token}; c`],
      ['without spaces', () => `a=b;session_id=${token};c=d`],
      ['beside broken ones', () => `;=;session_idx; =session_id; session_id=${token};;`],
    ])('SE-8: is one %s', async (_, cookie) => {
      expect((await profileWith(cookie())).data.profile).toMatchObject({ email: ada.email });
    });

    it('SE-8: treats two hundred malformed Cookie headers as visitors', async () => {
      const headers = Array.from({ length: 200 }, (_, seed) => brokenHeader(token, seed));

      const responses = await Promise.all(headers.map(profileWith));

      expect(responses.map(({ status, data }) => [status, data?.profile])).toEqual(headers.map(() => [200, null]));
    });

    it('SE-8: refuses oversized headers and keeps serving', async () => {
      const response = await app.browser({ headers: { cookie: 'x'.repeat(20_000) } }).fetch('/profile');

      expect(response.status).toBe(431);
    });
  });
});

/** A Cookie header whose token has one to eight foreign characters. The same seed yields the same header. */
function brokenHeader(token: string, seed: number): string {
  let state = seed + 1;
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const letters = [...token];
  for (let times = 1 + random(8); times > 0; times--)
    letters[random(letters.length)] = SPOILING[random(SPOILING.length)] as string;
  return `${['', 'a=b; ', '; ', 'session_id; '][random(4)]}session_id=${letters.join('')}`;
}

const SPOILING = '=;, "\\%&<>\t$\u00e9\u00ff{}[]()|^`~';
