import { setTimeout as sleep } from 'node:timers/promises';
import {
  LOGIN,
  newPerson,
  type Person,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  startApp,
  type TestApp,
  tokenIn,
} from '../support/app.ts';
import { Gate } from '../support/hasher.ts';
import { MailServer } from '../support/smtp.ts';
import { until } from '../support/until.ts';

const newPassword = 'a password that is new';
const LINK_EXPIRED = 31 * 60;

describe('the outbox', () => {
  let mailServer: MailServer;
  let app: TestApp;
  let ada: Person;
  beforeAll(async () => {
    mailServer = await MailServer.start();
    app = await startApp({ env: { ...mailServer.settings, BIENVENUE_RATE_LIMITS: 'off' } });
  });
  beforeEach(async () => {
    ada = newPerson();
    await registerAll(ada);
  });
  afterEach(async () => {
    mailServer.takeAll();
    await mailServer.bringUp();
    await app.auth.settle();
    await app.rows('delete from outbox');
  });
  afterAll(async () => {
    await mailServer.close();
    await app.close();
  });

  /** Registers users, and forgets the mails of their registrations. */
  const registerAll = async (...people: Person[]) => {
    for (const person of people) await app.register(person);
    await app.auth.settle();
    mailServer.forget();
  };
  const requestReset = (person = ada) => app.browser().send(REQUEST_PASSWORD_RESET, { email: person.email });
  const newestToken = () => tokenIn({ text: mailServer.mails.at(-1)?.parsed.text ?? '' });
  const recipients = () => mailServer.mails.map(({ envelope }) => envelope.to[0]);
  const queuedMails = () => app.rows('select * from outbox');
  const logged = (message: string) => app.lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === message);
  const turn = async (seconds: number) => {
    app.clock.advance({ seconds });
    await app.auth.settle();
  };
  /** Queues the notice of a changed password, which never expires, with a mail server that refuses it. */
  const queueNotice = async () => {
    await requestReset();
    await app.auth.settle();
    const token = newestToken();
    mailServer.forget();
    mailServer.refuse({ code: 451 });
    await app.browser().send(RESET_PASSWORD, { token, newPassword });
    await app.auth.settle();
  };

  it.each([
    ['refuses the mail temporarily', () => mailServer.refuse({ code: 451 }), () => mailServer.takeAll()],
    ['refuses the mail permanently', () => mailServer.refuse({ code: 554 }), () => mailServer.takeAll()],
    [
      'refuses the recipient temporarily',
      () => mailServer.refuse({ code: 450, at: 'recipient' }),
      () => mailServer.takeAll(),
    ],
    [
      'refuses the recipient permanently',
      () => mailServer.refuse({ code: 550, at: 'recipient' }),
      () => mailServer.takeAll(),
    ],
    ['is down', () => mailServer.takeDown(), () => mailServer.bringUp()],
  ])('RE-8: keeps a mail while the mail server %s, and sends it afterwards', async (_, breakIt, bringUp) => {
    await breakIt();
    await requestReset();
    await app.auth.settle();
    expect(mailServer.mails).toEqual([]);

    await bringUp();
    await turn(10);

    expect(recipients()).toEqual([ada.email]);
    expect(await queuedMails()).toEqual([]);
    await turn(3600);
    expect(recipients()).toEqual([ada.email]);
  });

  it('RE-8: sends a mail again that could not be removed from the queue, and does not blame the mail server', async () => {
    await app.database.failOn('delete', 'outbox');
    await requestReset();
    await until(() => logged('mail: the outbox cannot be read or written').length === 1);
    const refused = logged('mail not sent').length;
    await app.database.heal();
    await turn(120);

    const [first, second] = mailServer.mails.map(({ parsed }) => parsed.messageId);
    expect(recipients()).toEqual([ada.email, ada.email]);
    expect(second).toBe(first);
    expect(logged('mail not sent')).toHaveLength(refused);
  });

  it('RE-11: keeps a mail whose server does not respond, and does not wait for it at the stop', async () => {
    const gate = new Gate();
    const mailer = { send: () => gate.pass(), close() {} };
    const stopping = await startApp({ ports: { mailer } });
    // Not register(), which waits for the mail.
    await stopping.browser().send(REGISTER, { ...ada });
    await gate.reached;

    // Without the limit of three seconds it would wait for the mail, which is sent afterwards.
    const outcome = await Promise.race([stopping.auth.close().then(() => 'closed'), sleep(60_000, 'still waiting')]);
    gate.release();
    await stopping.close();

    expect(outcome).toBe('closed');
  });

  it('RE-8: resumes after an outage of the mail server', async () => {
    const bob = newPerson();
    await registerAll(bob);
    await requestReset(ada);
    await app.auth.settle();
    await mailServer.takeDown();
    await requestReset(bob);
    await app.auth.settle();

    await mailServer.bringUp();
    await turn(10);

    expect(recipients()).toEqual([ada.email, bob.email]);
  });

  it('RE-12: sends a mail that was queued while the clock was ahead', async () => {
    app.clock.advance({ days: 2 });
    await mailServer.takeDown();
    await requestReset();
    await app.auth.settle();
    app.clock.advance({ days: -2 });
    await mailServer.bringUp();

    await app.auth.settle();

    expect(recipients()).toEqual([ada.email]);
    expect(await queuedMails()).toEqual([]);
  });

  it('RE-8: retries a mail when the mail server hangs up', async () => {
    mailServer.hangUpOnce();
    await requestReset();
    await app.auth.settle();
    await turn(10);

    expect(recipients()).toEqual([ada.email]);
    expect(await queuedMails()).toEqual([]);
  });

  it.each([
    ['refuses mails', () => mailServer.refuse({ code: 451 })],
    ['is down', () => mailServer.takeDown()],
    [
      'does not respond',
      async () => {
        const gate = mailServer.hold();
        await requestReset();
        await gate.reached;
      },
    ],
  ])('RE-8: delays and fails no request while the mail server %s', async (_, breakIt) => {
    await requestReset();
    await app.auth.settle();
    const token = newestToken();
    await breakIt();

    const bob = newPerson();
    const browser = app.browser();
    expect((await browser.send(REGISTER, { ...bob })).errors).toBeUndefined();
    expect((await requestReset(bob)).data).toEqual({ requestPasswordReset: true });
    expect((await browser.send(RESET_PASSWORD, { token, newPassword })).data).toEqual({ resetPassword: true });
    expect((await browser.send(LOGIN, { ...ada, password: newPassword })).errors).toBeUndefined();
    expect((await browser.fetch('/readyz')).status).toBe(200);
    expect(recipients()).toEqual([ada.email]);
  });

  it('RE-8: retries with growing delays under one Message-ID, then gives the mail up and logs it', async () => {
    await queueNotice();
    const id = mailServer.offered.at(-1)?.parsed.messageId;

    for (const [failures, wait] of [10, 30, 120, 600, 1800, 3600, 10_800, 21_600].entries()) {
      await turn(wait - 1);
      expect(mailServer.attempts).toBe(failures + 1);
      await turn(1);
      expect(mailServer.attempts).toBe(failures + 2);
      expect(mailServer.offered.at(-1)?.parsed.messageId).toBe(id);
    }

    const failures = logged('mail not sent').filter(({ mail }) => id?.includes(mail));
    const host = new URL(mailServer.settings.SMTP_URL as string).host;
    expect(failures).toHaveLength(9);
    for (const line of failures) expect(line).toMatchObject({ level: 'warn', kind: 'password-changed', host });
    const givenUp = logged('mail given up');
    expect(givenUp).toMatchObject([{ level: 'error', kind: 'password-changed', attempt: 9, host }]);
    expect(id).toContain(givenUp[0].mail);
    expect(JSON.stringify([failures, givenUp])).not.toContain(ada.email);
    mailServer.takeAll();
    await turn(100 * 24 * 3600);
    expect(mailServer.mails).toEqual([]);
  });

  it('RE-8: sends queued mails when another replica starts on the same database', async () => {
    await queueNotice();
    mailServer.takeAll();
    app.clock.advance({ seconds: 10 });

    const successor = await startApp({ env: mailServer.settings, database: app.database, ports: { clock: app.clock } });
    await successor.auth.settle();
    await successor.close();

    expect(recipients()).toEqual([ada.email]);
  });

  it.each([
    ['right before', LINK_EXPIRED - 62, 1],
    ['right after', LINK_EXPIRED - 59, 0],
  ])('RE-8: sends a reset mail only within the lifetime of its link: %s', async (_, seconds, mails) => {
    await mailServer.takeDown();
    await requestReset();
    await app.auth.settle();
    await mailServer.bringUp();

    await turn(seconds);

    expect(mailServer.mails).toHaveLength(mails);
    expect(await queuedMails()).toEqual([]);
  });

  it('RE-8: sends other mails while one is refused', async () => {
    const others = Array.from({ length: 25 }, newPerson);
    await registerAll(...others);
    mailServer.refuse({ code: 550, at: 'recipient', to: ada.email });

    for (const person of [ada, ...others]) await requestReset(person);
    await app.auth.settle();

    expect(recipients().sort()).toEqual(others.map(({ email }) => email).sort());
  });

  it('RS-6, RE-8: keeps delivered links valid when later attempts fail', async () => {
    await requestReset();
    await app.auth.settle();
    const arrived = newestToken();

    mailServer.refuse({ code: 451 });
    await requestReset();
    await app.auth.settle();
    for (const wait of [10, 30, 120]) await turn(wait);

    expect(mailServer.offered).toHaveLength(5);
    const response = await app.browser().send(RESET_PASSWORD, { token: arrived, newPassword });
    expect(response.data).toEqual({ resetPassword: true });
  });
});
