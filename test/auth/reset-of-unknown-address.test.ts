import { newPerson, REQUEST_PASSWORD_RESET, startApp, type TestApp } from '../support/app.ts';
import { visible } from '../support/browser.ts';
import { MailServer } from '../support/smtp.ts';

describe('a reset request for an address without an account', () => {
  let mailServer: MailServer;
  let app: TestApp;
  const [ada, bob, nobody] = [newPerson(), newPerson(), newPerson().email];
  beforeAll(async () => {
    mailServer = await MailServer.start();
    app = await startApp({ env: mailServer.settings });
    await app.register(ada);
    await app.register(bob);
    await app.auth.settle();
    mailServer.attempts = 0;
  });
  afterEach(async () => {
    mailServer.takeAll();
    // An attempt in flight would fail only after the hour, and its mail would stay queued for ten more seconds.
    await app.auth.settle();
    await mailServer.bringUp();
    // Long enough for every rate limit to reset and for unsent mails to expire.
    app.clock.advance({ hours: 1 });
    await app.auth.settle();
    mailServer.attempts = 0;
  });
  afterAll(async () => {
    await mailServer.close();
    await app.close();
  });

  const requestReset = (email: string) => app.browser().send(REQUEST_PASSWORD_RESET, { email });
  const pauseMailWorker = async () => {
    const gate = mailServer.hold();
    await requestReset(bob.email);
    await gate.reached;
  };

  it.each([
    ['takes mails', async () => {}],
    ['refuses them', async () => mailServer.refuse({ code: 550 })],
    ['leaves senders waiting', pauseMailWorker],
    ['is down', () => mailServer.takeDown()],
  ])('LG-3: gets the same response as with an account while the mail server %s', async (_, happens) => {
    await happens();

    const responses = [
      await requestReset(nobody),
      await requestReset(ada.email),
      await requestReset(nobody),
      await requestReset(ada.email),
    ].map(visible);

    expect(responses[0]).toMatch(/"status":200.*requestPasswordReset\W+true/);
    expect(new Set(responses).size).toBe(1);
  });

  it('LG-3: writes the same rows in the same order as for an account', async () => {
    // The mail worker handles the mail after the response; here it is stopped from doing so.
    await pauseMailWorker();
    const writes = await app.database.recordWrites();

    await requestReset(ada.email);
    const known = await writes();
    await requestReset(nobody);
    const unknown = await writes();

    expect(known).toContain('insert outbox');
    expect(unknown).toEqual(known);
    const [ofAda, ofNobody] = await app.rows(
      `select kind, created_at, attempts, due_at from outbox where address in (?, ?) order by address`,
      ada.email,
      nobody,
    );
    expect(ofNobody).toEqual(ofAda);
  });

  it('LG-3: stores nothing but rate-limit counters', async () => {
    const contents = () => app.database.contents('outbox', 'sessions', 'tokens', 'users');
    const before = await contents();

    await requestReset(nobody);
    await app.auth.settle();

    expect(await contents()).toEqual(before);
    expect(mailServer.attempts).toBe(0);
  });
});
