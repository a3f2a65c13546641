import { Agent, get } from 'node:http';
import { startServer } from '../support/server.ts';

describe('a server that receives a stop signal', () => {
  // Within the half second for which the port stays open, so it depends on the machine's speed.
  it('RE-11: reports not ready on new connections before it refuses them', async () => {
    const server = await startServer();
    const statusOf = () =>
      new Promise<number | undefined>((resolve, reject) => {
        const req = get(`${server.url}/readyz`, { agent: new Agent() });
        req.on('response', response => response.resume().on('end', () => resolve(response.statusCode)));
        req.on('error', reject);
      });
    const exit = server.signal('SIGTERM');
    await server.nextLog('stopping');

    expect(await statusOf()).toBe(503);
    expect(await exit).toBe(0);
    await server.close();
  });
});
