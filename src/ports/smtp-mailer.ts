import { createTransport } from 'nodemailer';
import { SECOND } from './clock.ts';
import type { Mail, Mailer } from './mailer.ts';

const TIMEOUT = 10 * SECOND;

/** Sends by SMTP, over connections that are kept for a while. */
export class SmtpMailer implements Mailer {
  private readonly transport;
  private readonly from: string;

  constructor({ url, from }: { url: string; from: string }) {
    this.from = from;
    this.transport = createTransport({
      url,
      pool: true,
      connectionTimeout: TIMEOUT,
      greetingTimeout: TIMEOUT,
      socketTimeout: TIMEOUT,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async send(mail: Mail): Promise<void> {
    await this.transport.sendMail({ from: this.from, ...mail });
  }

  close(): void {
    this.transport.close();
  }
}
