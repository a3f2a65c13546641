import { ada, type Browser, bob, PROFILE, startApp, type TestApp } from '../support/app.ts';
import { operation } from '../support/operations.ts';

const UPDATE_PROFILE = operation('UpdateProfile');

describe('updateProfile', () => {
  let app: TestApp;
  let browser: Browser;
  beforeEach(async () => {
    app = await startApp();
    browser = app.browser({ headers: { 'accept-language': 'fr-CA' } });
    await browser.send(
      `mutation($email: String!, $password: String!, $name: String) {
        register(email: $email, password: $password, name: $name) { __typename } }`,
      { ...ada },
    );
  });
  afterEach(() => app.close());

  const profile = async () => (await browser.send(PROFILE)).data.profile;
  const updates = () => app.rows("select actor from account_events where type = 'PROFILE_UPDATED'");

  it('changes name and language, and returns the new values', async () => {
    const { data } = await browser.send(UPDATE_PROFILE, { name: 'Ada Lovelace', locale: 'DE-at' });

    expect(data.updateProfile).toMatchObject({ name: 'Ada Lovelace', locale: 'de-AT', email: ada.email, roles: [] });
    expect(await profile()).toEqual(data.updateProfile);
    expect(await updates()).toEqual([{ actor: 'USER' }]);
  });

  it.each([
    ['nothing', {}, { name: 'Ada', locale: 'fr-CA' }],
    ['null', { name: null, locale: null }, { name: 'Ada', locale: 'fr-CA' }],
    ['a name only', { name: 'A. L.' }, { name: 'A. L.', locale: 'fr-CA' }],
    ['a language only', { locale: 'en' }, { name: 'Ada', locale: 'en' }],
    ['an empty name', { name: '' }, { name: null, locale: 'fr-CA' }],
    ['another alphabet and an emoji', { name: 'Ада 👩‍💻' }, { name: 'Ада 👩‍💻', locale: 'fr-CA' }],
  ])('takes %s', async (_, variables, expected) => {
    expect((await browser.send(UPDATE_PROFILE, variables)).data.updateProfile).toMatchObject(expected);
    expect(await profile()).toMatchObject(expected);
  });

  it('records no event when nothing changes', async () => {
    await browser.send(UPDATE_PROFILE, { name: ada.name, locale: 'fr-ca' });

    expect(await updates()).toEqual([]);
  });

  it('keeps the form that administrators search by in step', async () => {
    const searchNames = () => app.rows('select search_name from users');

    await browser.send(UPDATE_PROFILE, { name: 'ÅSA' });
    expect(await searchNames()).toEqual([{ search_name: 'åsa' }]);
    await browser.send(UPDATE_PROFILE, { name: '' });
    expect(await searchNames()).toEqual([{ search_name: null }]);
  });

  it.each([
    ['a name with a line break', { name: 'Ada\nLovelace' }, [{ field: 'name', rule: 'INVALID' }]],
    ['a name with half of a surrogate pair', { name: 'Ada \ud800' }, [{ field: 'name', rule: 'INVALID' }]],
    ['a name of 201 characters', { name: 'x'.repeat(201) }, [{ field: 'name', rule: 'TOO_LONG' }]],
    ['an empty language', { locale: '' }, [{ field: 'locale', rule: 'INVALID' }]],
    ['a language that is no tag', { locale: 'French, please' }, [{ field: 'locale', rule: 'INVALID' }]],
    ['a language with an underscore', { locale: 'fr_CA' }, [{ field: 'locale', rule: 'INVALID' }]],
    ['a tag of 36 characters', { locale: `en-x-${'abcdefgh-'.repeat(3)}abcd` }, [{ field: 'locale', rule: 'INVALID' }]],
    [
      'both wrong at once',
      { name: '\0', locale: '-' },
      [
        { field: 'name', rule: 'INVALID' },
        { field: 'locale', rule: 'INVALID' },
      ],
    ],
  ])('refuses %s and changes nothing', async (_, variables, fields) => {
    const response = await browser.send(UPDATE_PROFILE, variables);

    expect(response.code).toBe('BAD_USER_INPUT');
    expect(response.fields).toMatchObject(fields);
    expect(await profile()).toMatchObject({ name: 'Ada', locale: 'fr-CA' });
    expect(await updates()).toEqual([]);
  });

  it('changes no other user', async () => {
    const otherUser = await app.register(bob);

    await browser.send(UPDATE_PROFILE, { name: 'Ada Lovelace' });

    expect((await otherUser.send(PROFILE)).data.profile.name).toBe(bob.name);
  });

  it('needs a session', async () => {
    expect((await app.browser().send(UPDATE_PROFILE, { name: 'Ada' })).code).toBe('UNAUTHENTICATED');
  });

  it('LO-3: is atomic when the event cannot be recorded', async () => {
    await app.database.failOn('insert', 'account_events');
    expect((await browser.send(UPDATE_PROFILE, { name: 'Ada Lovelace' })).code).toBe('INTERNAL_SERVER_ERROR');
    await app.database.heal();

    expect(await profile()).toMatchObject({ name: 'Ada' });
  });
});
