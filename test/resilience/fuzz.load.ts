import { execFileSync } from 'node:child_process';
import { ada, LOGIN, PROFILE, REGISTER } from '../support/app.ts';
import { sendVolley, type Volley } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { CANARY, HostileRequests } from './support/fuzz/hostile-requests.ts';
import { Random } from './support/fuzz/mutations.ts';

const RESPONSES = 100_000;
const CONNECTIONS = 6;
/** After this many responses all caches are full. */
const WARM = 40_000;
const MAX_GROWTH_MB = 150;

/** Implementation details that no response may contain. */
const INTERNALS = /at .*\.js:|SELECT|SQLITE|ECONN|mikro|node_modules|\/home|dist\//;
/** No malformed request may cause a server error. */
const WRONG = new RegExp(`${INTERNALS.source}|HTTP/1\\.1 50[0-4]|"code":"(INTERNAL_SERVER_ERROR|UNAVAILABLE)"`);

describe('a server that receives a hundred thousand malformed requests', () => {
  let server: TestServer;
  let cookies: string[];
  beforeAll(async () => {
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off', LOG_LEVEL: 'trace' });
    await server.browser().send(REGISTER, { ...ada });
    cookies = await Promise.all(Array.from({ length: 10 }, signedIn));
  });
  afterAll(() => server.close());

  async function signedIn(): Promise<string> {
    const browser = server.browser();
    await browser.send(LOGIN, { ...ada });
    return `session_id=${browser.cookies.session_id}`;
  }

  const isLive = async (cookie: string) => {
    const { data } = await server.browser({ headers: { cookie } }).send(PROFILE);
    return data.profile?.email === ada.email;
  };

  it('RE-14, GQ-6, LO-1, LO-2: stays up in the same process, discloses no internals and keeps working', async () => {
    const requestIds: string[] = [];
    const wrong: Volley[] = [];
    let responses = 0;
    let warm = 0;

    const record = (volley: Volley) => {
      const ids = [...volley.responses.matchAll(/^x-request-id: (\S+)\r$/gim)].map(([, id]) => String(id));
      requestIds.push(...ids);
      responses += Math.min(ids.length, volley.requests.length);
      if (WRONG.test(volley.responses)) wrong.push(volley);
      if (warm === 0 && responses > WARM) warm = megabytesOf(server);
    };
    const send = async (seed: number) => {
      const random = new Random(seed);
      const requests = new HostileRequests(random, INTERNALS, cookies);
      while (responses < RESPONSES && wrong.length < 5 && isUp(server)) {
        if (random.chance(0.5)) record(await sendVolley(server.url, [requests.broken()], 100));
        else
          record(
            await sendVolley(
              server.url,
              Array.from({ length: 20 }, () => requests.framed()),
              3000,
            ),
          );
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, seed) => send(seed)));

    expect(wrong.map(describeFailure)).toEqual([]);
    expect(server.lines.filter(line => !isExpected(line))).toEqual([]);
    expect(isUp(server)).toBe(true);
    expect((await server.browser().fetch('/readyz')).status).toBe(200);
    // Otherwise most requests would have been those of visitors.
    expect(await Promise.all(cookies.map(isLive))).toContain(true);
    expect((await server.browser().send(LOGIN, { ...ada })).data.login.user.email).toBe(ada.email);
    expect(megabytesOf(server) - warm).toBeLessThan(MAX_GROWTH_MB);
    expectCleanLog(server, requestIds);
  });
});

/** Some requests carry forwarding headers, which the server ignores with a warning once a minute. */
const isExpected = ({ level, part }: Record<string, unknown>) =>
  level === 'info' || level === 'debug' || (level === 'warn' && part === 'client address');

/** Each line was parsed as JSON on arrival; each request has one line, and none contains the canary. */
function expectCleanLog({ lines, stderr }: TestServer, requestIds: string[]): void {
  const completed = lines.filter(({ msg }) => msg === 'request completed').map(({ requestId }) => requestId);
  const known = new Set(completed);

  expect(lines.filter(line => JSON.stringify(line).includes(CANARY))).toEqual([]);
  expect(completed).toHaveLength(known.size);
  expect(requestIds.filter(id => !known.has(id))).toEqual([]);
  expect(stderr).toBe('');
}

/** The server was started once, so a live process is the original one. */
const isUp = ({ process }: TestServer) => process.exitCode === null && process.signalCode === null;

const megabytesOf = ({ process: { pid } }: TestServer) =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;

function describeFailure({ requests, responses }: Volley) {
  const at = responses.search(WRONG);
  return {
    responses: responses.slice(Math.max(0, at - 200), at + 800),
    requests: requests.map(request => `${request}`),
  };
}
