import { ada, REQUEST_PASSWORD_RESET, startApp, type TestApp, TestClock } from '../support/app.ts';
import { startReplicas } from '../support/replicas.ts';
import { startServer } from '../support/server.ts';
import { MailServer } from '../support/smtp.ts';

describe('mail workers', () => {
  let mailServer: MailServer;
  beforeEach(async () => {
    mailServer = await MailServer.start();
  });
  afterEach(() => mailServer.close());

  const recipients = () => mailServer.mails.map(({ envelope }) => envelope.to[0]).sort();

  it('RE-8: send each mail once when two share a database', async () => {
    const env = { ...mailServer.settings, BIENVENUE_RATE_LIMITS: 'off' };
    const { one, two, close } = await startReplicas({ env });
    const emails = Array.from({ length: 12 }, (_, index) => `person${index}@example.org`).sort();
    for (const email of emails) await one.register({ ...ada, email });
    await one.auth.settle();
    mailServer.forget();
    mailServer.refuse({ code: 451 });
    for (const email of emails) {
      await two.browser().send(REQUEST_PASSWORD_RESET, { email });
    }
    await Promise.all([one.auth.settle(), two.auth.settle()]);
    mailServer.takeAll();

    one.clock.advance({ seconds: 10 });
    await Promise.all([one.auth.settle(), two.auth.settle()]);
    await close();

    expect(recipients()).toEqual(emails);
  });

  it('RE-8: send the mail of another worker only after its lease ended', async () => {
    const gate = mailServer.hold();
    const { one, two, close } = await startReplicas({ env: mailServer.settings });
    await one.register(ada);
    await gate.reached;

    await two.auth.settle();
    one.clock.advance({ seconds: 119 });
    await two.auth.settle();
    expect(mailServer.attempts).toBe(1);

    gate.release();
    await one.auth.settle();
    one.clock.advance({ minutes: 10 });
    await Promise.all([one.auth.settle(), two.auth.settle()]);
    await close();
    expect(recipients()).toEqual([ada.email]);
  });

  it('RE-8: send the mail of a worker that was killed', async () => {
    const gate = mailServer.hold();
    const server = await startServer(mailServer.settings);
    let app: TestApp | undefined;
    try {
      await server.browser().form('POST', '/users', { email: ada.email, password: ada.password });
      await gate.reached;
      await server.signal('SIGKILL');
      const id = mailServer.offered[0]?.parsed.messageId;
      gate.release();

      const clock = new TestClock();
      clock.advance({ ms: Date.now() - clock.now().getTime() });
      app = await startApp({ database: server.database, env: mailServer.settings, ports: { clock } });
      await app.auth.settle();
      expect(mailServer.attempts).toBe(1);
      clock.advance({ minutes: 2 });
      await app.auth.settle();

      expect(mailServer.offered.map(({ parsed }) => parsed.messageId)).toEqual([id, id]);
      expect(recipients()).toContain(ada.email);
    } finally {
      await app?.close();
      await server.close();
    }
  });
});
