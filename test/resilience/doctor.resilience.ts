import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Certificate, createCertificate } from '../support/certificate.ts';
import { Diagnosis, messages, RESOLVES_TEST_NAMES, reportOf } from '../support/doctor.ts';
import { Folder, freePort } from '../support/folder.ts';
import { ReverseProxy } from '../support/reverse-proxy.ts';
import { acceleratedClock } from './support/faketime.ts';
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
      // Its time limits are 15 seconds.
      ...acceleratedClock(10),
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

describe('bienvenue doctor, over https', () => {
  let folder: Folder;
  let certificate: Certificate;
  let proxy: ReverseProxy;
  let env: Record<string, string>;
  beforeAll(async () => {
    folder = new Folder();
    certificate = createCertificate(folder, ['auth.example.test']);
    proxy = await ReverseProxy.start(certificate);
    proxy.target = await freePort();
    env = {
      PUBLIC_URL: `https://auth.example.test:${proxy.port}`,
      PORT: String(proxy.target),
      DATABASE_URL: `sqlite:${folder.path}/data.sqlite`,
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'no-reply@example.org',
      NODE_OPTIONS: RESOLVES_TEST_NAMES,
      NODE_EXTRA_CA_CERTS: certificate.path,
    };
  });
  afterAll(async () => {
    await proxy.close();
    folder.remove();
  });

  it('sees the cookie of https arrive', async () => {
    const { report } = await Diagnosis.of(env);

    expect(messages(report, 'ok')).toContain('proxy: Cookies and Set-Cookie pass unchanged.');
    expect(messages(report, 'ok')).toContainEqual(expect.stringMatching(/__Host-session_id; .*Secure/));
  });

  it('reports certificates that browsers refuse, and a port without TLS', async () => {
    const plain = await ReverseProxy.start();
    const [untrusted, otherName, withoutTls] = await Promise.all([
      Diagnosis.of({ ...env, NODE_EXTRA_CA_CERTS: '' }),
      Diagnosis.of({ ...env, PUBLIC_URL: `https://other.example.test:${proxy.port}`, PORT: '0' }),
      Diagnosis.of({ ...env, PUBLIC_URL: `https://auth.example.test:${plain.port}`, PORT: '0' }),
    ]);
    await plain.close();

    expect(untrusted.messages('fault')).toContainEqual(expect.stringMatching(/certificate that is not trusted/));
    expect(otherName.messages('fault')).toContainEqual(expect.stringMatching(/certificate for another name/));
    expect(withoutTls.messages('fault')).toContainEqual(expect.stringMatching(/does not speak TLS/));
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
