import { ada, type Person, REQUEST_PASSWORD_RESET, startApp, type TestApp } from '../support/app.ts';
import { visible } from '../support/browser.ts';
import { BEHIND_PROXY, browserAt } from '../support/guesses.ts';

describe('mails that a visitor can request', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp({ env: BEHIND_PROXY });
    await app.register(ada);
  });
  afterEach(() => app.close());

  const requestReset = (email: string, address = '192.0.2.1') =>
    browserAt(app, address).send(REQUEST_PASSWORD_RESET, { email });
  const mailsTo = async ({ email }: Person) => (await app.mails()).filter(({ to }) => to === email).length;

  it('RL-8: go to one address once in five minutes, whatever the source', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, index) => requestReset(ada.email, `203.0.113.${index}`)));
    expect(await mailsTo(ada)).toBe(1);

    app.clock.advance({ minutes: 5, ms: -1 });
    await requestReset(ada.email);
    expect(await mailsTo(ada)).toBe(1);

    app.clock.advance({ ms: 1 });
    await requestReset(ada.email);
    expect(await mailsTo(ada)).toBe(2);
  });

  it('RL-8: go to one address at most five times an hour', async () => {
    for (let minutes = 0; minutes < 60; minutes += 5) {
      await requestReset(ada.email, `203.0.113.${minutes}`);
      // A mail that waits longer than its link would work is not sent.
      await app.auth.settle();
      app.clock.advance({ minutes: 5 });
    }
    expect(await mailsTo(ada)).toBe(5);

    app.clock.advance({ minutes: 60 });
    await requestReset(ada.email);
    expect(await mailsTo(ada)).toBe(6);
  });

  it('RL-8: are limited to twenty an hour per source', async () => {
    const people = Array.from({ length: 25 }, (_, index) => ({ ...ada, email: `person${index}@example.org` }));
    for (const [index, { email, password }] of people.entries()) {
      await browserAt(app, `198.51.100.${index}`).form('POST', '/users', { email, password });
    }

    for (const { email } of people) await requestReset(email, '203.0.113.7');
    expect(await app.mails()).toHaveLength(20);

    await requestReset(ada.email, '203.0.113.8');
    expect(await app.mails()).toHaveLength(21);
    app.clock.advance({ hours: 1 });
    await requestReset('person24@example.org', '203.0.113.7');
    expect(await app.mails()).toHaveLength(22);
  });

  it('RL-8: get the same response whether they are sent or not', async () => {
    const responses = [];
    for (let index = 0; index < 30; index++) responses.push(visible(await requestReset(ada.email)));
    for (let index = 0; index < 30; index++)
      responses.push(visible(await requestReset('nobody@example.org', '192.0.2.2')));

    expect(new Set(responses).size).toBe(1);
    expect(responses[0]).toContain('true');
    expect(await app.mails()).toHaveLength(1);
  });

  it('RL-8: are not queued when the limit is reached', async () => {
    for (let index = 0; index < 10; index++) await requestReset(ada.email);
    await app.mails();

    expect(await app.rows('select * from outbox')).toEqual([]);
    app.clock.advance({ hours: 2 });
    expect(await mailsTo(ada)).toBe(1);
  });

  it('RL-8: share their counter with REST', async () => {
    await requestReset(ada.email);

    const response = await browserAt(app, '192.0.2.2').form('POST', '/reset_password', { email: ada.email });

    expect([response.status, await response.json()]).toEqual([200, { email: ada.email, message: 'reset mail sent' }]);
    expect(await mailsTo(ada)).toBe(1);
  });
});

describe('registrations', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp({ env: BEHIND_PROXY });
  });
  afterEach(() => app.close());

  it('are limited to ten an hour per source, including taken addresses', async () => {
    const register = (email: string) =>
      browserAt(app, '203.0.113.7').form('POST', '/users', { email, password: ada.password });
    const statuses = [];
    for (let index = 0; index < 12; index++) statuses.push((await register(`person${index % 5}@example.org`)).status);

    expect(statuses).toEqual([...Array(5).fill(200), ...Array(5).fill(400), 429, 429]);
    app.clock.advance({ hours: 1 });
    expect((await register('person9@example.org')).status).toBe(200);
  });
});
