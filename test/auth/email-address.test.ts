import { randomUUID } from 'node:crypto';
import { domainToASCII, domainToUnicode } from 'node:url';
import { ada, LOGIN, PROFILE, REGISTER, REQUEST_PASSWORD_RESET, startApp, type TestApp } from '../support/app.ts';

/** Two addresses, and whether they are one account. */
const PAIRS: [first: string, second: string, verdict: 'one' | 'two'][] = [
  // The case of ASCII letters counts on neither side of the @.
  ['a1@case.example', 'A1@case.example', 'one'],
  ['a2@case.example', 'a2@CASE.example', 'one'],
  ['Ada.Lovelace@Case.Example', 'aDA.lOVELACE@cASE.eXAMPLE', 'one'],
  ['A3+Tag@case.example', 'a3+tag@case.example', 'one'],
  ['éCole@case.example', 'écolE@case.example', 'one'],
  // A domain has one name, however it is written.
  ['b1@bücher.example', 'b1@xn--bcher-kva.example', 'one'],
  ['b2@BÜCHER.example', 'b2@bücher.example', 'one'],
  ['b3@XN--BCHER-KVA.example', 'b3@Bücher.example', 'one'],
  ['b4@bu\u0308cher.example', 'b4@bücher.example', 'one'],
  ['b5@домен.example', 'b5@ДОМЕН.example', 'one'],
  ['b6@例え.example', 'b6@xn--r8jz45g.example', 'one'],
  ['b7@ｅｘａｍｐｌｅ.example', 'b7@example.example', 'one'],
  ['b8@dots。example', 'b8@dots.example', 'one'],
  ['b9@faß.example', 'b9@xn--fa-hia.example', 'one'],
  // A letter and its accent are one letter, whether typed as one or two.
  ['café@nfc.example', 'cafe\u0301@nfc.example', 'one'],
  ['\u00c5ke@nfc.example', 'A\u030ake@nfc.example', 'one'],
  ['한글@nfc.example', '\u1112\u1161\u11ab\u1100\u1173\u11af@nfc.example', 'one'],
  // Nothing else is folded.
  ['a.b@dots.example', 'ab@dots.example', 'two'],
  ['a.c@dots.example', 'a.c.c@dots.example', 'two'],
  ['c1@tags.example', 'c1+shop@tags.example', 'two'],
  ['c2-x@tags.example', 'c2_x@tags.example', 'two'],
  ['c3@one.example', 'c3@two.example', 'two'],
  ['c4@mail.example', 'c4@mail.mail.example', 'two'],
  ['c5@faß.example', 'c5@fass.example', 'two'],
  ['c6@bucher.example', 'c6@bücher.example', 'two'],
  ['é@accents.example', 'e@accents.example', 'two'],
  ['ø@accents.example', 'o@accents.example', 'two'],
  ['ñandu@accents.example', 'nandu@accents.example', 'two'],
  ['müller@accents.example', 'mueller@accents.example', 'two'],
  ['weiß@accents.example', 'weiss@accents.example', 'two'],
  // Capitals outside ASCII are letters of their own.
  ['é2@capitals.example', 'É2@capitals.example', 'two'],
  ['ж@capitals.example', 'Ж@capitals.example', 'two'],
  ['σ@capitals.example', 'ς@capitals.example', 'two'],
  ['ılgaz@capitals.example', 'ilgaz@capitals.example', 'two'],
  ['İzmir@capitals.example', 'izmir@capitals.example', 'two'],
  // Look-alikes of other alphabets.
  ['аda@alphabets.example', 'ada@alphabets.example', 'two'],
  ['ο@alphabets.example', 'o@alphabets.example', 'two'],
  ['٣@alphabets.example', '3@alphabets.example', 'two'],
  ['ka@alphabets.example', 'ка@alphabets.example', 'two'],
  ['d1@аlphabets.example', 'd1@alphabets.example', 'two'],
];

/** The local part as typed, and the domain as one spelling of it: its Unicode form. */
function shown(typed: string): string {
  const [local, domain] = typed.normalize('NFC').split('@') as [string, string];
  return `${local}@${domainToUnicode(domainToASCII(domain))}`;
}

describe('an e-mail address', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
  });
  afterAll(() => app.close());

  const register = (email: unknown) => app.browser().send(REGISTER, { email, password: ada.password });
  const login = (email: unknown) => app.browser().send(LOGIN, { email, password: ada.password });

  it.each(PAIRS)('ID-1: %s and %s are %s', async (first, second, verdict) => {
    const { data } = await register(first);
    const owner = await login(second);
    const again = await register(second);

    expect(data.register.user.email).toBe(shown(first));
    if (verdict === 'one') {
      expect(owner).toMatchObject({ data: { login: { user: { id: data.register.user.id } } } });
      expect(again).toMatchObject({ code: 'EMAIL_TAKEN' });
    } else {
      expect(owner).toMatchObject({ code: 'INVALID_CREDENTIALS' });
      expect(again.data.register.user.id).not.toBe(data.register.user.id);
    }
  });

  it('ID-1: is unique by an index of the database', async () => {
    const [row] = await app.rows('select * from users limit 1');
    const columns = Object.keys(row);
    const copy = `insert into users (${columns}) select ${columns.map(name => (name === 'id' ? `'${randomUUID()}'` : name))}`;

    await expect(app.rows(`${copy} from users where id = ?`, row.id)).rejects.toThrow(
      /(UNIQUE|duplicate|Duplicate).*canonical_email/,
    );
  });

  it.each([
    ['a Kelvin sign', 'mi\u212ae'],
    ['a dotless i', 'm\u0131ke'],
    ['a dotted capital I', 'm\u0130ke'],
    ['wide letters', '\uff4d\uff49\uff4b\uff45'],
    ['a mathematical letter', '\u{1d426}ike'],
    ['a raised letter', 'm\u2071ke'],
    ['a letter in a circle', 'mik\u24d4'],
    ['a Roman numeral', 'm\u2170ke'],
    ['a zero-width space', 'mi\u200bke'],
    ['a zero-width joiner', 'mi\u200dke'],
    ['a soft hyphen', 'mi\u00adke'],
    ['a variation selector', 'mike\ufe0f'],
    ['a Cyrillic letter', 'mik\u0435'],
  ])('ID-2: with %s never matches the plain address', async (_, lookAlike) => {
    const mike = `mike@${lookAlike.length}-${lookAlike.codePointAt(2)}.example`;
    const other = mike.replace('mike', lookAlike);
    await register(mike);
    const before = (await app.mails()).length;

    expect(await login(other)).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect((await app.browser().send(REQUEST_PASSWORD_RESET, { email: other })).code).not.toBe('INTERNAL_SERVER_ERROR');
    expect(await app.mails()).toHaveLength(before);
    expect(['BAD_USER_INPUT', undefined]).toContain((await register(other)).code);
    expect(await app.rows('select id from users where email = ?', mike)).toHaveLength(1);
  });

  it('ID-2: with a long s never matches the plain address', async () => {
    await register('simons@s.example');

    expect(await login('\u017fimon\u017f@s.example')).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(await register('\u017fimon\u017f@s.example')).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('ID-4: receives mail at the stored spelling, not at the one of the request', async () => {
    const stored = 'Charles.Babbage@analytical.example';
    await register('Charles.Babbage@Analytical.Example');

    for (const requested of [
      'charles.babbage@analytical.example',
      'CHARLES.BABBAGE@ANALYTICAL.EXAMPLE',
      'Charles.babbage@analytical.example',
      'charles.Babbage@analytical.example',
      'charles.babbage@Analytical.example',
      'charles.babbage@analytical.EXAMPLE',
      'charles.babbage@ａｎａｌｙｔｉｃａｌ.example',
      stored,
    ]) {
      const before = (await app.mails()).length;
      await app.browser().send(REQUEST_PASSWORD_RESET, { email: requested });
      const mails = await app.mails();
      expect(mails.slice(0, mails.length - before)).toMatchObject([{ to: stored }]);
    }
  });

  it.each(['\n', '\t', '\u00ad', '\u200b'])(
    'ID-4: with %j in its domain registers no account of another domain',
    async character => {
      const email = `victim@example.co${character}m`;

      expect(await register(email)).toMatchObject({ code: 'BAD_USER_INPUT' });
      expect(await register('victim@example.com')).not.toMatchObject({ code: 'BAD_USER_INPUT' });
    },
  );

  it('ID-4: that an earlier version stored for another domain receives no mail', async () => {
    const browser = await app.register({ email: 'owner@example.net', password: ada.password });
    await app.rows('update users set email = ? where canonical_email = ?', 'owner@example.ne', 'owner@example.net');
    const before = (await app.mails()).length;

    await browser.send(REQUEST_PASSWORD_RESET, { email: 'owner@example.net' });

    expect(await app.mails()).toHaveLength(before);
  });

  it('ID-4: is shown with its local part as typed', async () => {
    const browser = await app.register({ email: 'Mary.Shelley@Geneva.example', password: ada.password });

    expect(await browser.send(PROFILE)).toMatchObject({ data: { profile: { email: 'Mary.Shelley@geneva.example' } } });
  });
});
