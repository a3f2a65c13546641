import { ada, LOGIN, REGISTER } from '../support/app.ts';
import { HalfSaid, HeldRequest } from '../support/partial-requests.ts';
import { startServer, type TestServer } from '../support/server.ts';

const IN_FLIGHT = 50;
/** What an answer in flight may take by contract. */
const GRACE_MS = 10_000;

describe('a server that is told to stop while it is busy', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer({ BIENVENUE_RATE_LIMITS: 'off' });
    await server.browser().send(REGISTER, { ...ada });
  });
  afterEach(() => server.close());

  /** So many logins that the server has all of, with the first one answered: the rest is at work or in the queue. */
  async function logins(): Promise<Promise<unknown>[]> {
    const { email, password } = ada;
    const held = Array.from({ length: IN_FLIGHT }, () => new HeldRequest(server.url, LOGIN, { email, password }));
    await Promise.all(held.map(({ begun }) => begun));
    const answers = held.map(request => request.finish().then(verdict, () => 'no answer'));
    await Promise.race(answers);
    return answers;
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'RE-11: %s among fifty logins: each has its answer, new callers are sent elsewhere, and it ends with 0 in time',
    async signal => {
      const probe = await HalfSaid.begin(server.url, '/readyz');
      const answers = await logins();

      const told = performance.now();
      const exit = server.signal(signal);
      await server.says('stopping');

      expect(await probe.finish()).toBe(503);
      const verdicts = await Promise.all(answers);
      // The queue for hashes is bounded: whom it turns away is told so, and that is an answer.
      expect(verdicts.filter(answer => answer !== 'signed in' && answer !== 'BUSY')).toEqual([]);
      expect(verdicts.filter(answer => answer === 'signed in').length).toBeGreaterThan(10);
      expect(await exit).toBe(0);
      expect(performance.now() - told).toBeLessThan(GRACE_MS);
      expect(server.stderr).toBe('');
    },
  );

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'RE-11: a second %s among fifty logins ends it at once, with 1',
    async signal => {
      const answers = await logins();
      const exit = server.signal(signal);
      await server.says('stopping');

      server.process.kill(signal);

      expect(await exit).toBe(1);
      expect(server.lines.map(({ msg }) => msg)).not.toContain('stopped');
      // It did not wait for those in the queue.
      expect(await Promise.all(answers)).toContain('no answer');
    },
  );
});

function verdict({ body }: { body: unknown }): unknown {
  const { data, errors } = body as { data?: { login?: object }; errors?: { extensions: { code: string } }[] };
  return data?.login ? 'signed in' : errors?.[0]?.extensions.code;
}
