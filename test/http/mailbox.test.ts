import { createHash } from 'node:crypto';
import type { DevMail } from '../../src/mail/dev-mailbox.ts';
import { ada, bob, RESET_PASSWORD, startApp, type TestApp, tokenIn } from '../support/app.ts';
import { request } from '../support/raw.ts';

describe('the dev mailbox', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await app.register(ada);
    await app.register(bob);
    await app.auth.settle();
    app.auth.devMailbox?.mails.splice(0);
  });
  afterAll(() => app.close());

  const open = (accept?: string, method = 'GET') =>
    request(app.url, { method, path: '/dev/mailbox', headers: { ...(accept && { accept }) } });

  it.each([
    ['localhost', 200],
    ['127.0.0.1:4000', 200],
    ['[::1]:4000', 200],
    ['evil.test', 421],
    ['localhost.evil.test:4000', 421],
    ['evil.test#localhost', 421],
  ])('CS-2: is available for loopback host names only (DNS rebinding): %s', async (host, status) => {
    expect((await request(app.url, { path: '/dev/mailbox', headers: { host } })).status).toBe(status);
  });

  it('is empty at first', async () => {
    expect((await open()).json).toEqual([]);
    expect((await open('text/html')).text).toContain('No mails yet.');
  });

  it('shows every mail that would have been sent, newest first', async () => {
    await app.resetToken(ada.email);
    app.clock.advance({ seconds: 1 });
    const token = await app.resetToken(bob.email);
    await app.browser().send(RESET_PASSWORD, { token, newPassword: 'another horse battery' });
    await app.mails();

    const { status, headers, json } = await open();

    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(json.map(({ to, subject }: { to: string; subject: string }) => [to, subject])).toEqual([
      [bob.email, 'Your password was changed'],
      [bob.email, 'Set a new password'],
      [ada.email, 'Set a new password'],
    ]);
    expect(json[1]).toEqual({
      messageId: expect.stringMatching(/^<.+@localhost>$/),
      to: bob.email,
      subject: 'Set a new password',
      text: expect.stringContaining(`${app.options.appUrl}/reset-password?token=${token}`),
      html: expect.stringContaining(token),
      date: app.clock.now().toISOString(),
    });
  });

  it('is a page for a browser, with links to follow', async () => {
    const { headers, text } = await open('text/html,*/*;q=0.8');
    const [, mail] = await app.mails();

    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain(`<a href="${app.options.appUrl}/reset-password?token=${tokenIn(mail)}">`);
    expect(text.indexOf('Your password was changed')).toBeLessThan(text.indexOf('Set a new password'));
    expect(text).not.toContain('No mails yet.');
  });

  it('has the link of each mail as a button, with the words that it has in the mail', async () => {
    const { text } = await open('text/html');
    const link = `${app.options.appUrl}/reset-password?token=${tokenIn((await app.mails())[1])}`;

    expect(text).toContain(`<a class="button" href="${link}" target="_blank" rel="noopener">Set a new password</a>`);
    expect(text.match(/class="button"/g)).toHaveLength(2);
  });

  it('runs its own script only, connects to this service only, and is not framed', async () => {
    const { headers, text } = await open('text/html');
    const [, script = ''] = /<script type="module">(.*?)<\/script>/s.exec(text) ?? [];

    expect(text.match(/<script/g)).toHaveLength(1);
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      expect.stringMatching(/^style-src 'sha256-[^' ]+'$/),
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "frame-src 'self'",
      `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
      "connect-src 'self'",
    ]);
  });

  it('lists the ids of the mails, newest first, for its page, which asks for them often and so is logged at debug level', async () => {
    const path = '/dev/mailbox/ids';
    const { json } = await request(app.url, { path });

    expect(json).toEqual((await open()).json.map(({ messageId }: DevMail) => messageId.slice(1).split('@')[0]));
    const logged = app.lines.map(line => JSON.parse(line)).filter(entry => entry.path === path);
    expect(logged).toMatchObject([{ level: 'debug', status: 200 }]);
    expect((await request(app.url, { path, headers: { host: 'evil.test' } })).status).toBe(421);
  });

  it('leads back to the start page and the playground', async () => {
    const { text } = await open('text/html');

    expect(text).toContain('<nav><a href="/">Start page</a> <a href="/graphql">Playground</a></nav>');
  });

  it('shows each mail as it will look, in a frame in which nothing runs and nothing is loaded', async () => {
    const { text } = await open('text/html');
    const [newest] = await app.mails();
    const paths = [...text.matchAll(/<iframe src="([^"]+)" [^>]*sandbox="([^"]*)"/g)];

    expect(paths.map(([, , sandbox]) => sandbox)).toEqual(Array(3).fill('allow-popups allow-popups-to-escape-sandbox'));
    const mail = await request(app.url, { path: String(paths[0]?.[1]) });
    expect([mail.status, mail.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(String(mail.headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      "style-src 'unsafe-inline'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
      'sandbox allow-popups allow-popups-to-escape-sandbox',
    ]);
    expect(mail.text.replace('<base target="_blank">', '')).toBe(newest?.html);
  });

  it.each(['evil.test', 'localhost.evil.test:4000'])('CS-2: shows no mail at a foreign host name: %s', async host => {
    const [{ messageId }] = (await open()).json;
    const path = `/dev/mailbox/${messageId.slice(1).split('@')[0]}`;

    expect((await request(app.url, { path })).status).toBe(200);
    expect((await request(app.url, { path, headers: { host } })).status).toBe(421);
  });

  it('is read-only', async () => {
    const head = await open(undefined, 'HEAD');
    const { status, headers } = await open(undefined, 'DELETE');

    expect([head.status, head.text]).toEqual([200, '']);
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    expect((await open()).json).toHaveLength(3);
    expect((await request(app.url, { path: '/dev/mailbox/nothing' })).status).toBe(404);
  });

  it('escapes the text of mails', async () => {
    const forged = { ...ada, email: "x'&y=z@example.org" };
    await app.register(forged);
    await app.resetToken(forged.email);

    const { text } = await open('text/html');

    expect(text).toContain('To x&#39;&amp;y=z@example.org<br>');
    expect(text).not.toContain(forged.email);
  });
});

describe('the dev mailbox of a service without a playground', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_PLAYGROUND: 'off' } });
  });
  afterAll(() => app.close());

  it('does not link to one', async () => {
    const { text } = await request(app.url, { path: '/dev/mailbox', headers: { accept: 'text/html' } });

    expect(text).toContain('<nav><a href="/">Start page</a></nav>');
  });
});

describe('a service with a mail server', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { SMTP_URL: 'smtp://localhost:1', MAIL_FROM: 'no-reply@example.org' } });
  });
  afterAll(() => app.close());

  it.each(['text/html', 'application/json'])('has no dev mailbox, for %s', async accept => {
    const { status } = await request(app.url, { path: '/dev/mailbox', headers: { accept } });

    expect(status).toBe(404);
  });
});
