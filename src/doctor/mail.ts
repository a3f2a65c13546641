import { SECOND } from '../core/clock.ts';
import { isLoopback } from '../core/loopback.ts';
import { verifyMailServer } from '../mail/smtp-mailer.ts';
import type { Options } from '../options.ts';
import { withTimeout } from '../persistence/timeout.ts';
import { codeOf, type Finding, fault, ok, warning } from './finding.ts';

/** For all steps together: a single one may already take ten seconds, since some servers delay their greeting. */
const TIMEOUT = 15 * SECOND;

/** Connects to the mail server and signs in, without sending a mail. */
export async function checkMail({ smtpUrl }: Options): Promise<Finding[]> {
  if (smtpUrl === undefined) return [ok('mail', 'SMTP_URL is not set: mails stay in the dev mailbox.')];
  const { protocol, hostname, host } = new URL(smtpUrl);
  const encrypts = protocol === 'smtps:';
  try {
    await verify(smtpUrl, encrypts || isLoopback(hostname) ? {} : { requireTLS: true });
    return [ok('mail', `SMTP_URL: the mail server ${host} accepts connections.`)];
  } catch (error) {
    const offersNoTls = !encrypts && codeOf(error) === 'ETLS' && (await succeeds(verify(smtpUrl)));
    return [offersNoTls ? unencrypted(host) : refused(host, error)];
  }
}

const verify = (url: string, options?: { requireTLS?: boolean }) =>
  withTimeout(TIMEOUT, verifyMailServer(url, options));

const succeeds = (work: Promise<void>) =>
  work.then(
    () => true,
    () => false,
  );

const unencrypted = (host: string) =>
  warning(
    'mail',
    `SMTP_URL: the mail server ${host} offers no encryption, so that reset links can be read on the way.`,
    'Use smtps://, or a mail server with STARTTLS.',
  );

function refused(host: string, error: unknown): Finding {
  const code = codeOf(error);
  const [problem, advice] = PROBLEMS[code] ?? OTHER_PROBLEM;
  return fault('mail', `SMTP_URL: the mail server ${host} ${problem} (${code}).`, advice);
}

const OTHER_PROBLEM: [string, string] = [
  'cannot be reached',
  'Check host, port and firewall. Until it works, mails wait in the outbox.',
];

/** By the codes of nodemailer. */
const PROBLEMS: Record<string, [string, string]> = {
  EAUTH: ['refuses user name or password', 'Correct them in SMTP_URL; special characters have to be percent-encoded.'],
  ETLS: [
    'does not complete the TLS handshake',
    'Check its certificate, and that smtps:// is used for port 465 and smtp:// for port 587.',
  ],
  EDNS: ['has a host name that cannot be resolved', 'Correct the host name.'],
  TIMEOUT: ['does not respond in time', 'Check host, port and firewall; smtps:// is for port 465, smtp:// for 587.'],
  ETIMEDOUT: ['does not respond in time', 'Check host, port and firewall; smtps:// is for port 465, smtp:// for 587.'],
};
