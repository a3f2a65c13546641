import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Diagnosis, messages, reportOf } from '../support/doctor.ts';
import { Folder } from '../support/folder.ts';
import { RedisServer } from './support/redis.ts';

describe('bienvenue doctor', () => {
  let folder: Folder;
  beforeAll(() => {
    folder = new Folder();
  });
  afterAll(() => folder.remove());

  it('comes to an end when everything accepts connections and nothing responds', async () => {
    const silent = await SilentServer.start();
    const address = `127.0.0.1:${silent.port}`;
    const { code, report } = await Diagnosis.of({
      PORT: '0',
      PUBLIC_URL: `http://localhost:${silent.port}`,
      DATABASE_URL: `postgresql://ada@${address}/accounts`,
      REDIS_URL: `redis://${address}`,
      SMTP_URL: `smtp://${address}`,
      MAIL_FROM: 'no-reply@example.org',
    });
    await silent.close();

    expect(code).toBe(1);
    const faults = report.findings.filter(({ status }) => status === 'fault').map(({ check }) => check);
    expect(faults).toEqual(['database', 'mail', 'redis', 'public-url']);
  });

  it('finds nothing wrong with a Redis that responds, and reports one that refuses the password or scripts', async () => {
    const redis = await RedisServer.start();
    await redis.command('ACL SETUSER reader on >secret ~* +@read +hello +client');
    await redis.command('ACL SETUSER other on >secret ~* +@all');
    const host = new URL(redis.url).host;
    const found = async (url: string, status: 'ok' | 'fault') => {
      const report = await reportOf({ REDIS_URL: url, PORT: '0', DATABASE_URL: `sqlite:${folder.path}/data.sqlite` });
      return messages(report, status).filter(message => message.startsWith('redis: '));
    };

    expect(await found(redis.url, 'ok')).toEqual([`redis: REDIS_URL: Redis at ${host} responds.`]);
    expect(await found(`redis://other:secret@${host}`, 'ok')).toHaveLength(1);
    expect(await found(`redis://other:wrong@${host}`, 'fault')).toEqual([expect.stringMatching(/refuses .*WRONGPASS/)]);
    expect(await found(`redis://reader:secret@${host}`, 'fault')).toEqual([expect.stringMatching(/refuses .*NOPERM/)]);
    await redis.stop();
  });
});

/** Accepts connections and never responds. */
class SilentServer {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', socket => this.sockets.add(socket.on('error', () => {})));
  }

  static async start(): Promise<SilentServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SilentServer(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
