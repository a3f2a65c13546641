import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';

/** How the mail server behaves. */
export type Behavior = 'accepts' | 'responds after 3 s' | 'refuses' | 'is not there';

const REFUSAL = Object.assign(new Error('not today'), { responseCode: 450 });

/** A mail server that discards everything. */
export class MailSink {
  readonly port: number;
  private behavior: Behavior = 'accepts';
  private readonly sockets = new Set<Socket>();
  private readonly smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, _session, done) => {
      stream.resume().once('end', () => void this.respond(done));
    },
  });

  private constructor(port: number) {
    this.port = port;
    this.smtp.on('error', () => {});
    this.smtp.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  static async onFreePort(): Promise<MailSink> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as { port: number };
    await new Promise(resolve => probe.close(resolve));
    return new MailSink(port);
  }

  async behave(behavior: Behavior): Promise<void> {
    this.behavior = behavior;
    if (behavior !== 'is not there' && !this.smtp.server.listening) {
      await once(this.smtp.listen(this.port, '127.0.0.1'), 'listening');
    }
    if (behavior === 'is not there') {
      for (const socket of this.sockets) socket.destroy();
      await new Promise<void>(resolve => this.smtp.close(resolve));
    }
  }

  private async respond(done: (error?: Error) => void): Promise<void> {
    if (this.behavior === 'responds after 3 s') await sleep(3000);
    done(this.behavior === 'refuses' ? REFUSAL : undefined);
  }
}
