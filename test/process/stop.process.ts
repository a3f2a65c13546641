import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { ada, PROFILE, REQUEST_PASSWORD_RESET } from '../support/app.ts';
import { startCommand } from '../support/commands.ts';
import { Folder } from '../support/folder.ts';
import { HeldRequest, PartialRequest } from '../support/partial-requests.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

describe('a server that receives a stop signal', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off' });
  });
  afterEach(() => server.close());

  // No hash: on a busy machine one could take longer than a shutdown waits.
  const request = () => new HeldRequest(server.url, REQUEST_PASSWORD_RESET, { email: ada.email });
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

  it('RE-11: reports not ready on open connections, and on new ones until it refuses them', async () => {
    const open = await PartialRequest.begin(server.url, '/readyz');
    const held = request();
    await held.begun;
    const { exit } = await stop('SIGTERM');

    // Whether there is time for a 503 depends on the machine: resilience/readiness.load.ts asserts it.
    const statuses = await statusesUntilRefused();
    expect(statuses).toEqual([...Array(statuses.length - 1).fill(503), 'refused']);
    expect(await open.finish()).toBe(503);
    await held.finish();
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

describe('a service with workers', () => {
  it('RE-11: stops at once before its first worker is listening', async () => {
    const folder = new Folder();
    const service = startCommand(['serve'], { PORT: '0', BIENVENUE_WORKERS: '2' }, { cwd: folder.path });
    const workers = () => readFileSync(`/proc/${service.pid}/task/${service.pid}/children`, 'utf8').match(/\d+/g) ?? [];
    await until(() => workers().length === 2);

    service.kill('SIGTERM');
    const log = await text(service.stdout);

    expect(log).toContain('"stopped"');
    expect(log).not.toContain('workers are killed');
    folder.remove();
  });
});
