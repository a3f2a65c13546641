import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';
import { startServer, type TestServer } from '../support/server.ts';

/** After the first half nothing may grow: whatever is kept of documents is full by then. */
const HALF = 51_200;
/** A share of it for each, without a rest. */
const CONNECTIONS = 16;

describe('a server that is asked a hundred thousand different queries', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => server.close());

  let count = 0;
  async function ask(amount: number): Promise<number> {
    const { '2xx': answered } = await autocannon({
      url: `${server.url}/graphql`,
      connections: CONNECTIONS,
      amount,
      requests: [
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          setupRequest: request => {
            count += 1;
            return { ...request, body: JSON.stringify({ query: `query Number${count} { profile { id email } }` }) };
          },
        },
      ],
    });
    return answered;
  }

  it('GQ-9: does not grow by them', async () => {
    expect(await ask(HALF)).toBe(HALF);
    const before = residentMegabytes(server.process.pid);
    expect(await ask(HALF)).toBe(HALF);

    expect(residentMegabytes(server.process.pid) - before).toBeLessThan(80);
    expect(count).toBeGreaterThanOrEqual(2 * HALF);
  }, 240_000);
});

function residentMegabytes(pid: number | undefined): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
