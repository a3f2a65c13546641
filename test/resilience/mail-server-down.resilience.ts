import { randomUUID } from 'node:crypto';
import { median } from '../../bench/quantile.ts';
import { type Person, REGISTER, REQUEST_PASSWORD_RESET } from '../support/app.ts';
import { visible } from '../support/browser.ts';
import { Folder } from '../support/folder.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { MailServer } from '../support/smtp.ts';
import { until } from '../support/until.ts';
import { MachineClock } from './support/faketime.ts';
import { times, within } from './support/scale.ts';

const MAILS = times(5, 3);

describe('a mail server that is down while the service is killed twice', () => {
  let folder: Folder;
  let clock: MachineClock;
  let mailServer: MailServer;
  let server: TestServer;
  beforeEach(async () => {
    folder = new Folder();
    clock = new MachineClock(folder.path);
    mailServer = await MailServer.start();
    server = await startServer({
      ...mailServer.settings,
      ...clock.environment,
      BIENVENUE_RATE_LIMITS: 'off',
    });
  });
  afterEach(async () => {
    await mailServer.close();
    await server.close();
    folder.remove();
  });

  /** Sequential, because concurrent hashes could be refused as BUSY on a slow machine. */
  const register = async (count: number) => {
    const emails: string[] = [];
    while (emails.length < count) {
      const person: Person = { email: `${randomUUID()}@example.org`, password: randomUUID() };
      await server.browser().send(REGISTER, { ...person });
      emails.push(person.email);
    }
    return emails;
  };
  /** Requests a reset for each address in sequence. Returns the distinct responses and the median time. */
  const requestResets = async (emails: string[]) => {
    const responses = new Set<string>();
    const took: number[] = [];
    for (const email of emails) {
      const started = performance.now();
      responses.add(visible(await server.browser().send(REQUEST_PASSWORD_RESET, { email })));
      took.push(performance.now() - started);
    }
    return { responses, median: median(took) };
  };
  const killAndStart = async () => {
    await server.signal('SIGKILL');
    await server.start();
  };
  const queuedMails = async () => (await server.rows('select id from outbox')).length;
  const failures = () => server.lines.filter(({ msg }) => msg === 'mail not sent').length;
  const recipients = () => mailServer.mails.map(({ envelope }) => envelope.to[0]);

  it('RE-8: loses no mail, sends none more than twice, and changes no response', async () => {
    const [before, during, after] = [await register(MAILS), await register(MAILS), await register(MAILS)];
    const [late, up, last] = [await register(1), await register(1), await register(1)];
    // Those of the registrations.
    await until(async () => (await queuedMails()) === 0);
    mailServer.forget();
    const baseline = await requestResets(before);
    await until(() => mailServer.mails.length === before.length);
    await mailServer.takeDown();
    await requestResets(late);
    await until(() => failures() === 1);

    clock.set('+22m');
    const whileDown = await requestResets(during);
    await until(() => failures() >= 2 + during.length);
    await killAndStart();
    const stillDown = await requestResets(after);
    await until(() => failures() >= 2 + during.length + after.length);

    clock.set('+32m');
    const gate = mailServer.hold();
    await mailServer.bringUp();
    // Wakes the worker, which would look for due mails only every few seconds.
    await requestResets(up);
    await gate.reached;
    // The mail in flight when the service is killed has arrived, without the service knowing.
    await server.signal('SIGKILL');
    gate.release();
    await server.start();
    await until(() => mailServer.mails.length === before.length + during.length + after.length + up.length);
    const [inFlight] = recipients().slice(before.length);
    clock.set('+35m');
    await requestResets(last);
    await until(async () => (await queuedMails()) === 0);

    expect(recipients().sort()).toEqual([...before, ...during, ...after, ...up, ...last, inFlight].sort());
    const [first, second] = mailServer.mails.filter(({ envelope }) => envelope.to[0] === inFlight);
    expect(second?.parsed.messageId).toBe(first?.parsed.messageId);
    expect(new Set(mailServer.mails.map(({ parsed }) => parsed.messageId)).size).toBe(mailServer.mails.length - 1);

    expect([...baseline.responses]).toHaveLength(1);
    for (const { responses, median } of [whileDown, stillDown]) {
      expect(responses).toEqual(baseline.responses);
      expect(median).toBeLessThan(within(3 * baseline.median + 50));
    }
  });
});
