import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { ada, PROFILE, REQUEST_PASSWORD_RESET } from '../support/app.ts';
import { HeldRequest } from '../support/partial-requests.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('a server that receives a stop signal', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off' });
  });
  afterEach(() => server.close());

  // No hash: on a busy machine one could take longer than a shutdown waits.
  const request = (agent?: Agent) => new HeldRequest(server.url, REQUEST_PASSWORD_RESET, { email: ada.email }, agent);
  const SUCCESS = { status: 200, body: { data: { requestPasswordReset: true } } };
  const openConnection = async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => {});
  };
  /** Resolves when new connections are refused. */
  const closed = async () => {
    for (let code = ''; code !== 'ECONNREFUSED'; )
      code = await openConnection().then(
        () => '',
        error => error.code,
      );
  };
  const statusOf = (path: string, agent: Agent) =>
    new Promise(resolve => {
      const req = get(`${server.url}${path}`, { agent });
      req.on('response', response => response.resume().on('end', () => resolve(response.statusCode)));
      req.on('error', () => resolve('refused'));
    });
  const statusesUntilRefused = async () => {
    const statuses: unknown[] = [];
    while (statuses.at(-1) !== 'refused') statuses.push(await statusOf('/readyz', new Agent()));
    return statuses;
  };
  const stop = async (signal: NodeJS.Signals) => {
    const exit = server.signal(signal);
    expect(await server.nextLog('stopping')).toMatchObject({ signal });
    return { exit };
  };

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'RE-11: %s: completes all requests in flight, accepts no new ones, and exits with 0',
    async signal => {
      const crowd = Array.from({ length: 12 }, () => request());
      await Promise.all(crowd.map(({ begun }) => begun));

      const { exit } = await stop(signal);

      await closed();
      for (const response of await Promise.all(crowd.map(held => held.finish()))) expect(response).toEqual(SUCCESS);
      expect(await exit).toBe(0);
      const messages = ['stopping', ...Array(crowd.length).fill('request completed'), 'stopped'];
      expect(server.lines.slice(-messages.length).map(({ msg }) => msg)).toEqual(messages);
      expect(server.stderr).toBe('');
    },
  );

  it('RE-11: reports not ready on open connections, and on new ones before it refuses them', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const [one, two] = [request(agent), request()];
    await Promise.all([one.begun, two.begun]);
    const exit = server.signal('SIGTERM');

    const polled = statusesUntilRefused();
    await server.nextLog('stopping');
    await one.finish();

    expect([503, 'refused']).toContain(await statusOf('/readyz', agent));
    expect(await polled).toContain(503);
    await two.finish();
    expect(await exit).toBe(0);
  });

  it('RE-11: does not wait for idle connections or ones that have sent nothing', async () => {
    await openConnection();
    await statusOf('/livez', new Agent({ keepAlive: true }));
    await server.browser().send(PROFILE);

    const { exit } = await stop('SIGTERM');

    expect(await exit).toBe(0);
  });

  it('RE-11: exits at once on the second signal, with exit code 1', async () => {
    const held = request();
    await held.begun;
    const { exit } = await stop('SIGTERM');

    server.process.kill('SIGINT');

    expect(await exit).toBe(1);
    expect(server.lines.at(-1)).toMatchObject({ msg: 'stopping' });
    await expect(held.finish()).rejects.toThrow();
  });
});
