import type { Environment } from '../../src/options/environment.ts';
import {
  ada,
  type Browser,
  bob,
  LOGIN,
  type Person,
  REGISTER,
  RESET_PASSWORD,
  startApp,
  type TestApp,
} from '../support/app.ts';
import { statementsDuring } from '../support/databases/statements.ts';
import { BEHIND_PROXY, browserAt, guess, guessWrong } from '../support/guesses.ts';
import { Restarting } from '../support/replicas.ts';

const LIMITED = { status: 429, code: 'RATE_LIMITED' };
const WRONG = { status: 200, code: 'INVALID_CREDENTIALS' };
const SIGNED_IN = { data: { login: { __typename: 'SignedIn' } } };
const HOME = '192.0.2.1';
const ABROAD = '203.0.113.1';

describe('a known device', () => {
  let app: TestApp;
  let owner: Browser;
  beforeEach(async () => {
    app = await startApp({ env: BEHIND_PROXY });
    owner = browserAt(app, HOME);
    await owner.send(REGISTER, { ...ada });
  });
  afterEach(() => app.close());

  const login = (browser: Browser, { email, password }: Person = ada) => browser.send(LOGIN, { email, password });
  /** Only the device, from wherever. */
  const onDevice = (browser: Browser, address = ABROAD) =>
    app.browser({
      headers: { 'x-forwarded-for': address },
      cookies: { known_device: browser.cookies.known_device as string },
    });
  const lockAccount = async (person: Person) => {
    for (let source = 1; source <= 12; source++) await guessWrong(app, person, 9, `198.51.100.${source}`);
  };

  it('RL-7: signs in while an attacker at the same address has used up all attempts', async () => {
    await guessWrong(app, ada, 10, HOME);

    expect(await guess(app, ada, ada.password, HOME)).toMatchObject(LIMITED);
    expect(await login(onDevice(owner, HOME))).toMatchObject(SIGNED_IN);
  });

  it('RL-7: signs in while the account is locked, which unlocks it for other browsers', async () => {
    await lockAccount(ada);

    expect(await guess(app, ada, ada.password, ABROAD)).toMatchObject(WRONG);
    expect(await login(onDevice(owner))).toMatchObject(SIGNED_IN);
    expect(await guess(app, ada, ada.password, ABROAD)).toMatchObject(SIGNED_IN);
  });

  it('RL-7: signs in from an address that sprays passwords', async () => {
    for (let index = 0; index < 60; index++)
      await guess(app, { ...ada, email: `nobody${index}@example.org` }, 'wrong', HOME);

    expect(await guess(app, bob, bob.password, HOME)).toMatchObject(LIMITED);
    expect(await login(onDevice(owner, HOME))).toMatchObject(SIGNED_IN);
  });

  it('RL-1: has ten attempts of its own, and does not use those of others', async () => {
    const thief = onDevice(owner);
    for (let index = 0; index < 10; index++) {
      expect(await login(thief, { ...ada, password: `wrong ${index}` })).toMatchObject(WRONG);
      app.clock.advance({ seconds: 20 });
    }

    // Longer than any wait between two tries.
    app.clock.advance({ minutes: 14 });
    expect(await login(thief)).toMatchObject(LIMITED);
    expect(await login(onDevice(owner, HOME))).toMatchObject(LIMITED);
    expect(await guess(app, ada, ada.password, ABROAD)).toMatchObject(SIGNED_IN);
  });

  it('RL-1: has at most a hundred consecutive attempts', async () => {
    const thief = onDevice(owner);
    for (let round = 0; round < 10; round++) {
      for (let index = 0; index < 10; index++) {
        expect(await login(thief, { ...ada, password: 'wrong' })).toMatchObject(WRONG);
        app.clock.advance({ seconds: 20 });
      }
      app.clock.advance({ minutes: 15 });
    }

    expect(await login(thief)).toMatchObject(WRONG);
    expect(await guess(app, ada, ada.password, ABROAD)).toMatchObject(SIGNED_IN);
  });

  it('is known only for accounts that signed in on it', async () => {
    await app.register(bob);
    await guessWrong(app, bob, 10, HOME);

    expect(await login(onDevice(owner, HOME), bob)).toMatchObject(LIMITED);
  });

  it('can be shared by up to four users', async () => {
    const people = Array.from({ length: 5 }, (_, index) => ({ ...bob, email: `person${index}@example.org` }));
    for (const person of people) expect((await owner.send(REGISTER, person)).errors).toBeUndefined();
    for (const person of people) await guessWrong(app, person, 10, HOME);

    const [first, ...others] = people as [Person, ...Person[]];
    for (const person of others) expect(await login(onDevice(owner, HOME), person)).toMatchObject(SIGNED_IN);
    expect(await login(onDevice(owner, HOME), first)).toMatchObject(LIMITED);
  });

  it('expires half a year after the last sign-in', async () => {
    app.clock.advance({ days: 179 });
    await login(owner);
    app.clock.advance({ days: 179 });
    await guessWrong(app, ada, 10, HOME);
    expect(await login(onDevice(owner, HOME))).toMatchObject(SIGNED_IN);

    app.clock.advance({ days: 180 });
    await guessWrong(app, ada, 10, HOME);
    expect(await login(onDevice(owner, HOME))).toMatchObject(LIMITED);
  });

  it('is unknown after a password reset', async () => {
    const token = await app.resetToken(ada.email);
    await app.browser().send(RESET_PASSWORD, { token, newPassword: 'a password nobody guessed' });
    await guessWrong(app, ada, 10, HOME);

    expect(await login(onDevice(owner, HOME), { ...ada, password: 'a password nobody guessed' })).toMatchObject(
      LIMITED,
    );
  });

  it.each<[string, (value: string) => string]>([
    ['altered', value => value.replace(/.$/, last => (last === 'A' ? 'B' : 'A'))],
    ['of another day', value => value.replace(/^.{8}/, 'zzzzzzzz')],
    ['by another name', value => value.replace(/\.[^.]+\./, `.${'A'.repeat(22)}.`)],
    ['cut short', value => value.slice(0, -1)],
    ['empty', () => ''],
    ['among many', value => `${`${value.slice(0, -3)}AAA~`.repeat(4)}${value}`],
    ['__proto__', () => '__proto__'],
  ])('RL-5: is not recognized when its cookie is %s', async (_, forge) => {
    await guessWrong(app, ada, 10, HOME);

    const attacker = browserAt(app, HOME);
    attacker.cookies.known_device = forge(owner.cookies.known_device as string);

    expect(await login(attacker)).toMatchObject(LIMITED);
  });

  it('LG-2: is looked up with the same work for a refused attempt, with and without an account', async () => {
    const nobody = { ...ada, email: 'nobody@example.org' };
    const attacker = browserAt(app, HOME);
    attacker.cookies.known_device = (owner.cookies.known_device as string).replace(/.$/, '_');
    for (const person of [ada, nobody]) await guessWrong(app, person, 10, HOME);

    const workFor = async (person: Person) => {
      const statements = await statementsDuring(async () =>
        expect(await login(attacker, person)).toMatchObject(LIMITED),
      );
      return statements.map(sql => sql.replaceAll(/'[^']*'/g, '?'));
    };

    expect(await workFor(ada)).toEqual(await workFor(nobody));
  });

  it('has a cookie that is neither a session nor stored in the database', async () => {
    const [, name = '', proof = ''] = (owner.cookies.known_device as string).split('.');
    const values = (await app.dump()).join('\n');

    expect(values).not.toContain(name);
    expect(values).not.toContain(proof);
    expect(await app.browser({ cookies: { session_id: proof } }).fetch('/profile')).toMatchObject({ status: 403 });
  });

  it('gets no cookie without "remember me"', async () => {
    const browser = browserAt(app, ABROAD);

    await browser.send(LOGIN, { email: ada.email, password: ada.password, rememberMe: false });

    expect(Object.keys(browser.cookies)).toEqual(['session_id']);
  });
});

describe('a known device when the bcrypt cost is raised', () => {
  const service = new Restarting();
  afterAll(() => service.close());
  const start = (env: Environment) => service.start({ env: { ...BEHIND_PROXY, ...env } });

  it('RL-7: stays known after the login that renews the hash', async () => {
    const { clock } = await start({});
    await service.app.register(ada);
    const secret = 'k'.repeat(32);
    await service.start({ env: { ...BEHIND_PROXY, BIENVENUE_PASSWORD_PEPPER: `k1:${secret}` }, ports: { clock } });
    const browser = browserAt(service.app, HOME);
    expect(await browser.send(LOGIN, { email: ada.email, password: ada.password })).toMatchObject(SIGNED_IN);
    expect((await service.app.rows('select password_hash as hash from users'))[0].hash).toContain('k1');

    await guessWrong(service.app, ada, 10, HOME);

    expect(await browser.send(LOGIN, { email: ada.email, password: ada.password })).toMatchObject(SIGNED_IN);
  });
});
