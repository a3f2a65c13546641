import type { Environment } from '../../src/options/environment.ts';
import {
  newPerson,
  type Person,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  startApp,
  type TestApp,
  tokenIn,
} from '../support/app.ts';
import { MailServer, type ReceivedMail } from '../support/smtp.ts';

describe('a mail', () => {
  let mailServer: MailServer;
  let app: TestApp;
  beforeAll(async () => {
    mailServer = await MailServer.start();
    app = await start();
  });
  afterAll(async () => {
    await mailServer.close();
    await app.close();
  });

  const start = (env: Environment = {}) =>
    startApp({ env: { ...mailServer.settings, BIENVENUE_RATE_LIMITS: 'off', ...env } });
  const newest = async (from: TestApp) => {
    await from.auth.settle();
    return mailServer.mails.at(-1) as ReceivedMail;
  };
  const resetLink = async ({ email }: Person, from = app) => {
    await from.browser().send(REQUEST_PASSWORD_RESET, { email });
    return newest(from);
  };
  const notice = async (person: Person, from = app) => {
    const token = tokenIn({ text: (await resetLink(person, from)).parsed.text ?? '' });
    await from.browser().send(RESET_PASSWORD, { token, newPassword: 'a password that is new' });
    return newest(from);
  };
  /** A registered user, whose verification mail is sent. */
  const owner = async (details: Partial<Person> = {}, at = app) => {
    const person = { ...newPerson(), ...details };
    await at.register(person);
    await at.auth.settle();
    return person;
  };

  it.each([
    ['with the link of a reset', resetLink, 'Set a new password'],
    ['that tells of a new password', notice, 'Your password was changed'],
  ])('has the same content as text and as HTML: %s', async (_, mail, subject) => {
    const { parsed } = await mail(await owner());

    expect(parsed.subject).toBe(subject);
    expect(wordsOf(parsed.html).length).toBeGreaterThan(15);
    expect(wordsOf(parsed.html)).toEqual(parsed.text?.trim().split(/\s+/));
  });

  it('is HTML that shows the same on every screen, light or dark, and loads nothing', async () => {
    const { html = '' } = (await resetLink(await owner())).parsed;

    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('@media (prefers-color-scheme: dark)');
    expect(html).not.toMatch(/<(img|script|link|iframe|object|form)\b|url\(|@import|\bsrc=|\son\w+=/i);
  });

  it('has its link as a button and as an address, the same as text', async () => {
    const { html = '', text = '' } = (await resetLink(await owner())).parsed;
    const link = /^http:\S+$/m.exec(text)?.[0];

    expect([...html.matchAll(/<a href="([^"]*)"[^>]*>([^<]*)<\/a>/g)].map(([, href, words]) => [href, words])).toEqual([
      [link, 'Set a new password'],
      [link, link],
    ]);
    expect(text).toContain(`\nSet a new password\n${link}\n`);
  });

  it('ends with the host of APP_URL', async () => {
    expect((await resetLink(await owner())).parsed.text?.trim().split('\n').at(-1)).toBe(
      new URL(app.options.appUrl).host,
    );
  });

  describe.each([
    ['en-GB', 'en', 'Your password was changed', 'on 15 January 2026 at 12:00:00 UTC'],
    ['fr-CA', 'fr', 'Votre mot de passe a été modifié', 'le 15 janvier 2026 à 12 h 00 min 00 s UTC'],
    ['fr', 'fr', 'Votre mot de passe a été modifié', 'le 15 janvier 2026 à 12:00:00 UTC'],
    ['de-AT', 'de', 'Ihr Passwort wurde geändert', 'am 15. Jänner 2026 um 12:00:00 UTC'],
    ['es', 'en', 'Your password was changed', 'on January 15, 2026 at 12:00:00'],
    ['en-u-nu-arab-ca-islamic', 'en', 'Your password was changed', 'on January 15, 2026 at 12:00:00'],
  ])('for an account whose language is %s', (locale, language, subject, time) => {
    it('LO-5: has words and times of that language', async () => {
      const person = newPerson();
      await app.browser({ headers: { 'accept-language': locale } }).send(REGISTER, { ...person });

      const { parsed } = await notice(person);

      expect(parsed.subject).toBe(subject);
      expect(parsed.html).toContain(`<html lang="${language}">`);
      expect(parsed.text).toContain(time);
      expect(wordsOf(parsed.html)).toEqual(parsed.text?.trim().split(/\s+/));
    });
  });

  it('has French spaces where no line breaks', async () => {
    const person = newPerson();
    await app.browser({ headers: { 'accept-language': 'fr' } }).send(REGISTER, { ...person });

    expect((await resetLink(person)).parsed.text).toContain('ignorez ce message\u00a0: votre');
  });

  it('comes from MAIL_FROM and goes only to the owner', async () => {
    const person = await owner();

    const { envelope, parsed } = await resetLink(person);

    expect(envelope).toEqual({ from: 'no-reply@example.org', to: [person.email] });
    expect(parsed.from).toMatchObject({ name: 'Bienvenue', address: 'no-reply@example.org' });
    expect(parsed.to).toEqual([{ address: person.email, name: '' }]);
    expect([parsed.cc, parsed.bcc, parsed.replyTo]).toEqual([undefined, undefined, undefined]);
  });

  it('LO-5: contains the time of the password change', async () => {
    expect((await notice(await owner())).parsed.text).toContain('on January 15, 2026 at 12:00:00 PM UTC');
  });

  describe('with other settings', () => {
    let other: TestApp;
    beforeAll(async () => {
      other = await start({
        PUBLIC_URL: 'https://auth.example.org',
        APP_URL: "https://app.example.org/a&copy/'b'",
        BIENVENUE_RESET_TOKEN_LIFETIME: '45m',
        BIENVENUE_RATE_LIMITS: 'on',
      });
    });
    afterAll(() => other.close());

    it('has a unique Message-ID under the host of PUBLIC_URL', async () => {
      const ids = [await resetLink(await owner({}, other), other), await notice(await owner())];

      expect(ids.map(({ parsed }) => parsed.messageId)).toEqual([
        expect.stringMatching(/^<[0-9a-f-]{36}@auth\.example\.org>$/),
        expect.stringMatching(/^<[0-9a-f-]{36}@localhost>$/),
      ]);
    });

    it('contains the lifetime of its link', async () => {
      expect((await resetLink(await owner({}, other), other)).parsed.text).toContain('within 45 minutes');
    });

    it('IN-4: escapes values in HTML', async () => {
      const { parsed } = await resetLink(await owner({}, other), other);

      const link = /^https:\S+$/m.exec(parsed.text ?? '')?.[0] as string;
      expect(link).toMatch(/^https:\/\/app\.example\.org\/a&copy\/'b'\/reset-password\?token=/);
      expect(parsed.html).not.toMatch(/&copy\/|'/);
      expect(/href="([^"]*)"/.exec(parsed.html ?? '')?.[1]).toBe(link.replace('&', '&amp;').replaceAll("'", '&#39;'));
    });
  });

  it.each(['<a href=//evil.test>Ada</a>', '"><script>alert(1)</script>', 'Ada, evil.test', 'Bcc: bob@example.org'])(
    'IN-4: never contains the display name: %s',
    async name => {
      const person = await owner({ name });

      for (const { source, parsed, envelope } of [await resetLink(person), await notice(person)]) {
        expect(envelope.to).toEqual([person.email]);
        for (const part of [source, parsed.text, parsed.html]) expect(part).not.toMatch(/evil|script|bob/);
      }
    },
  );

  it.each([
    "o'hara&sons@example.org",
    '=?utf-8?q?bcc?=@example.org',
    '{$name}`id`|*#!@example.org',
    'bcc=bob/example.org%evil@example.org',
    'zo\u00eb@example.org',
  ])('IN-4: is sent to that address only, however unusual it is: %s', async email => {
    const person = await owner({ email });

    for (const { source, envelope, parsed } of [await resetLink(person), await notice(person)]) {
      expect(envelope.to).toEqual([email]);
      expect(parsed.to?.map(({ address }) => address)).toEqual([email]);
      expect(parsed.headers.map(({ key }) => key).sort()).toEqual(HEADERS);
      expect(source.split('\r\n\r\n')[0]).not.toMatch(/^\s*bcc:/im);
      expect(parsed.html).not.toContain(email);
    }
  });
});

const HEADERS = ['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'];

/** The visible words of a mail. */
function wordsOf(html = ''): string[] {
  const body = /<body[^>]*>([\s\S]*)<\/body>/.exec(html)?.[1] ?? '';
  const text = body
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return text.trim().split(/\s+/);
}
