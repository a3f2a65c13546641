import { SECOND } from '../core/clock.ts';
import type { Mail, Mailer } from './mailer.ts';

const SOCKET_TIMEOUT = 10 * SECOND;
/** Bounds an attempt as a whole: a server that trickles its replies never reaches the socket timeout. */
const ATTEMPT_TIMEOUT = 90 * SECOND;

/**
 * Sends by SMTP, over pooled connections. `url`: `smtp://` or `smtps://`; `from`: the sender of all mails. An attempt
 * that takes longer than 90 seconds is rejected.
 */
export class SmtpMailer implements Mailer {
  readonly host: string;
  private readonly transport;
  private readonly from: string;

  constructor({ url, from }: { url: string; from: string }) {
    this.from = from;
    this.host = new URL(url).host;
    this.transport = openTransport(url);
  }

  async send(mail: Mail): Promise<void> {
    await (await this.transport).sendMail({
      from: this.from,
      ...mail,
      // RFC 3834: prevents out-of-office replies.
      headers: { 'auto-submitted': 'auto-generated' },
      signal: AbortSignal.timeout(ATTEMPT_TIMEOUT),
    });
  }

  async close(): Promise<void> {
    (await this.transport).close();
  }
}

/**
 * Connects to a mail server and signs in, without sending a mail. `requireTLS`: rejects when a server of `smtp://` offers no
 * STARTTLS. Takes as long as the socket timeout at most for each step.
 */
export async function verifyMailServer(url: string, options: { requireTLS?: boolean } = {}): Promise<void> {
  const transport = await openTransport(url, options);
  try {
    await transport.verify();
  } finally {
    transport.close();
  }
}

/** nodemailer is loaded only when mail is sent by SMTP. */
async function openTransport(url: string, options: { requireTLS?: boolean } = {}) {
  const { createTransport } = await import('nodemailer');
  return createTransport({
    ...options,
    url,
    pool: true,
    connectionTimeout: SOCKET_TIMEOUT,
    greetingTimeout: SOCKET_TIMEOUT,
    socketTimeout: SOCKET_TIMEOUT,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
