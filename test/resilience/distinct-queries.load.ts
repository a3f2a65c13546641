import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';
import { startServer, type TestServer } from '../support/server.ts';

/** The document caches are full after the first half, so memory must not grow in the second. */
const HALF = 51_200;
/** Divides HALF without a remainder. */
const CONNECTIONS = 16;

describe('a server that receives a hundred thousand distinct queries', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => server.close());

  let count = 0;
  async function sendQueries(amount: number): Promise<number> {
    const { '2xx': successes } = await autocannon({
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
    return successes;
  }

  it('GQ-9: does not use more memory for each of them', async () => {
    expect(await sendQueries(HALF)).toBe(HALF);
    const before = residentMegabytes(server.process.pid);
    expect(await sendQueries(HALF)).toBe(HALF);

    expect(residentMegabytes(server.process.pid) - before).toBeLessThan(80);
    expect(count).toBeGreaterThanOrEqual(2 * HALF);
  });
});

function residentMegabytes(pid: number | undefined): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
