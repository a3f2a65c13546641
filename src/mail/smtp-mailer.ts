import { SECOND } from '../core/clock.ts';
import type { Mail, Mailer } from './mailer.ts';

const TIMEOUT = 10 * SECOND;
/** A server that trickles its replies is never silent for long: an attempt as a whole has an end too. */
const LONGEST_ATTEMPT = 90 * SECOND;

/** Sends by SMTP, over connections that are kept for a while. */
export class SmtpMailer implements Mailer {
  private readonly transport;
  private readonly from: string;

  constructor({ url, from }: { url: string; from: string }) {
    this.from = from;
    this.transport = openTransport(url);
  }

  async send(mail: Mail): Promise<void> {
    await (await this.transport).sendMail({
      from: this.from,
      ...mail,
      // RFC 3834: keeps out-of-office replies away.
      headers: { 'auto-submitted': 'auto-generated' },
      signal: AbortSignal.timeout(LONGEST_ATTEMPT),
    });
  }

  async close(): Promise<void> {
    (await this.transport).close();
  }
}

/** Who sends no mail does not load what sends it. */
async function openTransport(url: string) {
  const { createTransport } = await import('nodemailer');
  return createTransport({
    url,
    pool: true,
    connectionTimeout: TIMEOUT,
    greetingTimeout: TIMEOUT,
    socketTimeout: TIMEOUT,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
