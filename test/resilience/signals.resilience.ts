import { ada, LOGIN, REGISTER } from '../support/app.ts';
import { HeldRequest, LastByte, PartialRequest } from '../support/partial-requests.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { times, within } from './support/scale.ts';

/** In CI few enough that all hashes finish within the shutdown timeout even on a slow machine. */
const IN_FLIGHT = times(50, 6);
/** The documented time limit for responses in flight. */
const GRACE_MS = 10_000;

describe('a busy server that receives a signal to stop', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off' });
    await server.browser().send(REGISTER, { ...ada });
  });
  afterEach(() => server.close());

  /** Logins that the server has received. The first one has its response; the others are being hashed or are queued. */
  async function logins(): Promise<Promise<unknown>[]> {
    const { email, password } = ada;
    const held = Array.from({ length: IN_FLIGHT }, () => new HeldRequest(server.url, LOGIN, { email, password }));
    await Promise.all(held.map(({ begun }) => begun));
    const responses = held.map(request => request.finish().then(verdict, () => 'no response'));
    await Promise.race(responses);
    return responses;
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'RE-11: %s during logins: each gets its response, /readyz returns 503, and the exit code is 0',
    async signal => {
      const probe = await PartialRequest.begin(server.url, '/readyz');
      const responses = await logins();

      const signalled = performance.now();
      const exit = server.signal(signal);
      await server.nextLog('stopping');

      expect(await probe.finish()).toBe(503);
      const verdicts = await Promise.all(responses);
      // The hash queue is bounded, so BUSY is an accepted response.
      expect(verdicts.filter(response => response !== 'signed in' && response !== 'BUSY')).toEqual([]);
      expect(verdicts).toContain('signed in');
      expect(await exit).toBe(0);
      expect(performance.now() - signalled).toBeLessThan(within(GRACE_MS));
      expect(server.stderr).toBe('');
    },
  );

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'RE-11: a second %s during logins ends it at once with exit code 1',
    async signal => {
      await logins();
      const { email, password } = ada;
      // The first signal alone would wait for it.
      const incomplete = await LastByte.hold(server.url, LOGIN, { email, password });
      const exit = server.signal(signal);
      await server.nextLog('stopping');

      server.process.kill(signal);

      expect(await exit).toBe(1);
      expect(server.lines.map(({ msg }) => msg)).not.toContain('stopped');
      expect(await incomplete.release()).toMatchObject({ body: '' });
    },
  );
});

function verdict({ body }: { body: unknown }): unknown {
  const { data, errors } = body as { data?: { login?: object }; errors?: { extensions: { code: string } }[] };
  return data?.login ? 'signed in' : errors?.[0]?.extensions.code;
}
