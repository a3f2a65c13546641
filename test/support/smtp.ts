import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerEnvelope } from 'smtp-server';
import type { Environment } from '../../src/options/environment.ts';
import { Gate } from './hasher.ts';

/** A mail as received over SMTP. */
export interface ReceivedMail {
  envelope: { from: string; to: string[] };
  /** Headers and body as sent. */
  source: string;
  parsed: Email;
}

interface Refusal {
  code: number;
  /** When: after RCPT TO, or after the whole mail (default). */
  at?: 'recipient' | 'data';
  /** Only for this recipient; for all when absent. */
  to?: string;
}

/** A real SMTP server in the test process that accepts mails, refuses them, keeps clients waiting, or is down. */
export class MailServer {
  static readonly sender = 'Bienvenue <no-reply@example.org>';

  /** Accepted mails, oldest first. */
  readonly mails: ReceivedMail[] = [];
  /** Mails that were sent completely, accepted or not, oldest first. */
  readonly offered: ReceivedMail[] = [];
  /** How many deliveries were started. */
  attempts = 0;
  private port = 0;
  private server?: SMTPServer;
  private refusal?: Refusal;
  private gate?: Gate;
  private hangUps = 0;
  private readonly sockets = new Set<Socket>();

  static async start(): Promise<MailServer> {
    const server = new MailServer();
    await server.bringUp();
    return server;
  }

  /** The options of an app that uses it. */
  get settings(): Environment {
    return { SMTP_URL: `smtp://127.0.0.1:${this.port}`, MAIL_FROM: MailServer.sender };
  }

  /** Clears all records. */
  forget(): void {
    this.mails.length = 0;
    this.offered.length = 0;
    this.attempts = 0;
  }

  /** Refuses mails with this code until `takeAll`. */
  refuse(refusal: Refusal): void {
    this.refusal = refusal;
  }

  /** Accepts all mails again, including those on hold. */
  takeAll(): void {
    this.refusal = undefined;
    this.gate?.release();
  }

  /** Reads mails without a reply until the returned gate is released. */
  hold(): Gate {
    this.gate = new Gate(() => {
      this.gate = undefined;
    });
    return this.gate;
  }

  /** Closes the connection once, after the next mail has been read. */
  hangUpOnce(): void {
    this.hangUps = 1;
  }

  /** Closes the port and all connections. */
  async takeDown(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>(resolve => this.server?.close(resolve));
  }

  /** For the end of a test: releases held mails and stops. */
  async close(): Promise<void> {
    this.takeAll();
    await this.takeDown();
  }

  /** Listens on the same port again, unless it already does. */
  async bringUp(): Promise<void> {
    if (this.server?.server.listening) return;
    const server = new SMTPServer({
      // It has no certificate that a client would trust.
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      onMailFrom: (_address, _session, done) => {
        this.attempts += 1;
        done();
      },
      onRcptTo: ({ address }, _session, done) => done(this.refusalOf(address, 'recipient')),
      onData: (stream, { envelope }, done) => void this.read(stream, envelope).then(() => done(), done),
    });
    // Tests cut connections on purpose.
    server.on('error', () => {});
    server.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    const listener = server.listen(this.port, '127.0.0.1');
    await once(listener, 'listening');
    this.port = (listener.address() as AddressInfo).port;
    this.server = server;
  }

  private async read(stream: SMTPServerDataStream, { mailFrom, rcptTo }: SMTPServerEnvelope): Promise<void> {
    const source = await text(stream);
    const envelope = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) };
    const mail = { envelope, source, parsed: await PostalMime.parse(source) };
    this.offered.push(mail);

    if (this.hangUps > 0) {
      this.hangUps -= 1;
      for (const socket of this.sockets) socket.destroy();
      return;
    }
    const refusal = this.refusalOf(envelope.to[0], 'data');
    if (refusal) throw refusal;
    await this.gate?.pass();
    this.mails.push(mail);
  }

  private refusalOf(recipient: string | undefined, place: Refusal['at']): Error | null {
    const { code, at = 'data', to = recipient } = this.refusal ?? {};
    if (code === undefined || at !== place || to !== recipient) return null;
    return Object.assign(new Error('not today'), { responseCode: code });
  }
}
