import { setTimeout as wait } from 'node:timers/promises';
import { quantile } from '../../bench/quantile.ts';
import { ada, bob, LOGIN, PROFILE, REGISTER } from '../support/app.ts';
import { post, request } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';

const CLIENTS = 200;
const SECONDS = 6;

describe('two hundred clients that log in continuously', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off', BIENVENUE_BCRYPT_COST: '12' });
  });
  afterAll(() => server.close());

  it('PW-10: do not slow down signed-in users, receive BUSY errors, and leave no load behind when they disconnect', async () => {
    await server.browser().send(REGISTER, { ...ada });
    const browser = server.browser();
    await browser.send(REGISTER, { ...bob });
    const cookie = `session_id=${browser.cookies.session_id}`;
    const end = performance.now() + SECONDS * 1000;
    const responses = new Map<string, number>();

    const client = async () => {
      while (performance.now() < end) {
        const { status, json } = await post(server.url, LOGIN, { variables: ada });
        const response = `${status} ${json?.errors?.[0].extensions.code ?? json?.data?.login.__typename}`;
        responses.set(response, (responses.get(response) ?? 0) + 1);
        // Shorter than the second that Retry-After requests.
        if (status === 503) await wait(50);
      }
    };
    const timed = async (send: () => Promise<{ status: number; text: string }>, latencies: number[]) => {
      while (performance.now() < end) {
        const started = performance.now();
        const { status, text } = await send();
        latencies.push(performance.now() - started);
        expect([status, text]).toEqual([200, expect.stringMatching(/bob@example\.org|ok/)]);
        await wait(20);
      }
    };
    const [profile, health]: [number[], number[]] = [[], []];
    await Promise.all([
      ...Array.from({ length: CLIENTS }, client),
      timed(() => post(server.url, PROFILE, { headers: { cookie } }), profile),
      timed(() => request(server.url, { path: '/readyz' }), health),
    ]);

    expect([...responses.keys()].sort()).toEqual(['200 SignedIn', '503 BUSY']);
    expect(responses.get('200 SignedIn')).toBeGreaterThan(SECONDS);
    expect([quantile(profile, 0.99) < 200, quantile(health, 0.99) < 200]).toEqual([true, true]);
    expect(profile.length).toBeGreaterThan(50);

    const left = performance.now();
    expect(await server.browser().send(LOGIN, { ...ada })).toMatchObject({ data: { login: {} } });
    expect(performance.now() - left).toBeLessThan(5000);
  });
});
