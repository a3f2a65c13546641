import { type Browser, LOGIN, newPerson, type Person, PROFILE, REGISTER, RESET_PASSWORD } from '../support/app.ts';
import { Folder } from '../support/folder.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { MachineClock } from './support/faketime.ts';
import { times } from './support/scale.ts';

const NEW_PASSWORD = 'another horse, another battery';
const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
/** One hour off, two days off, and correct again. */
const JUMPS = ['-1h', '+1h', '-2d', '+2d', '+0'];
/** A start deletes what has expired by the clock, and forgets what the process knew. */
const RESTART_AT = JUMPS.slice(-times(5, 2));

describe('a server on a machine whose clock jumps', () => {
  const folder = new Folder();
  const clock = new MachineClock(folder.path);
  let server: TestServer;
  /** Of one test, since all tests use one server. */
  let ada: Person;
  beforeAll(async () => {
    server = await startServer({
      ...clock.environment,
      BIENVENUE_EXPOSE_RESET_TOKEN: 'on',
      // Short enough that a few jumps exceed it.
      BIENVENUE_SESSION_IDLE: '2d',
      BIENVENUE_SESSION_LIFETIME: '5d',
    });
  });
  beforeEach(async () => {
    clock.set('+0');
    ada = newPerson();
    await server.browser().send(REGISTER, { ...ada });
  });
  afterAll(async () => {
    try {
      // The server exits only when the test restarts it.
      expect(await server.signal('SIGTERM')).toBe(0);
      expect(server.stderr).toBe('');
    } finally {
      await server.close();
      folder.remove();
    }
  });

  const restart = async () => {
    expect(await server.signal('SIGTERM')).toBe(0);
    await server.start();
  };
  const issue = async ({ email } = ada) => {
    const response = await server.browser().form('POST', '/reset_password', { email });
    return ((await response.json()) as { reset_token: string }).reset_token;
  };
  const use = async (token: string, newPassword = NEW_PASSWORD) => {
    const { data, code } = await server.browser().send(RESET_PASSWORD, { token, newPassword });
    return code ?? data;
  };
  const logIn = async ({ email, password }: Person) => {
    const browser = server.browser();
    const { code } = await browser.send(LOGIN, { email, password });
    return { browser, code };
  };
  /** Takes only the browser's cookies, because a restarted server may listen on another port. */
  const isOpen = async ({ cookies }: Browser) =>
    (await server.browser({ cookies }).send(PROFILE)).data.profile !== null;

  it('RE-12, RS-3: a used token stays used after every clock jump and restart', async () => {
    const token = await issue();
    expect(await use(token)).toEqual({ resetPassword: true });

    for (const jump of JUMPS) {
      clock.set(jump);
      if (RESTART_AT.includes(jump)) await restart();
      expect(await use(token)).toBe('TOKEN_INVALID');
    }
    expect(await logIn({ ...ada, password: NEW_PASSWORD })).toMatchObject({ code: undefined });
  });

  it('RE-12, RS-3: a token is valid for half an hour, and a refused one never works again', async () => {
    const [early, late] = [await issue(), await issue()];

    clock.set(`+${30 * MINUTE + 1}`);
    expect(await use(late)).toBe('TOKEN_INVALID');
    clock.set(`+${30 * MINUTE - 20}`);
    expect(await use(late)).toBe('TOKEN_INVALID');
    await restart();
    clock.set('-1h');
    expect(await use(late)).toBe('TOKEN_INVALID');
    clock.set('+0');
    expect(await use(late)).toBe('TOKEN_INVALID');

    clock.set(`+${30 * MINUTE - 20}`);
    expect(await use(early)).toEqual({ resetPassword: true });
  });

  it('RE-12, RS-3: a token issued while the clock was ahead does not outlive its lifetime', async () => {
    const bob = newPerson();
    await server.browser().send(REGISTER, { ...bob });
    clock.set('+1h');
    const tokens = [await issue(ada)];
    clock.set('+2d');
    tokens.push(await issue(bob));

    clock.set('+0');
    await restart();

    for (const token of tokens) expect(await use(token)).toBe('TOKEN_INVALID');
    expect(await use(await issue())).toEqual({ resetPassword: true });
  });

  it('RE-12, SE-5: a used session expires after its lifetime and stays expired when the clock goes back', async () => {
    const { browser } = await logIn(ada);
    for (const hours of [40, 80, 119]) {
      clock.set(`+${hours}h`);
      expect(await isOpen(browser)).toBe(true);
      // Its end stores the last use.
      if (hours < 119) await restart();
    }

    clock.set(`+${5 * DAY + 1}`);
    expect(await isOpen(browser)).toBe(false);

    await restart();
    for (const jump of JUMPS) {
      clock.set(jump);
      expect(await isOpen(browser)).toBe(false);
    }
  });

  it('RE-12, SE-5: a session used while the clock was ahead still expires after the idle time', async () => {
    const { browser } = await logIn(ada);
    clock.set('+1d');
    expect(await isOpen(browser)).toBe(true);
    await restart();

    clock.set('+0');
    expect(await isOpen(browser)).toBe(true);
    await restart();

    clock.set(`+${2 * DAY + 20}`);
    expect(await isOpen(browser)).toBe(false);
  });

  it('RE-12, SE-5: a session created while the clock was ahead ends when it is corrected, and does not come back', async () => {
    clock.set('+2d');
    const { browser } = await logIn(ada);
    expect(await isOpen(browser)).toBe(true);

    clock.set('+0');
    expect(await isOpen(browser)).toBe(false);

    await restart();
    clock.set('+2d');
    expect(await isOpen(browser)).toBe(false);
  });

  it('RE-12: the server keeps serving requests and accepting logins after every jump', async () => {
    const { pid } = server.process;
    for (const jump of [...JUMPS, ...JUMPS.toReversed()]) {
      clock.set(jump);
      expect((await server.browser().fetch('/readyz')).status).toBe(200);
      expect(await isOpen((await logIn(ada)).browser)).toBe(true);
    }
    expect(server.process.pid).toBe(pid);
  });
});
