import { type ClientInfo, isProgram } from '../core/client-info.ts';
import type { MailTemplate } from '../mail/mail-template.ts';
import type { AccountEvents } from './account-events.ts';
import type { AuthRateLimits } from './auth-rate-limits.ts';
import type { KnownDevices } from './known-devices.ts';
import type { Notices } from './notices.ts';
import { newBrowserMail, signInAfterFailuresMail } from './sign-in-notices.mails.ts';
import type { User } from './user.entity.ts';

/** Failed sign-ins in a row after which the owner learns of a successful one. */
const MANY_FAILURES = 10;

interface SignInNoticesParts {
  client: ClientInfo;
  devices: KnownDevices;
  events: AccountEvents;
  notices: Notices;
  rateLimits: AuthRateLimits;
}

/** Notifies owners by mail of sign-ins that may not be their own. */
export class SignInNotices {
  constructor(private readonly parts: SignInNoticesParts) {}

  /**
   * Adds a notice, without a flush, if the sign-in calls for one: at most one an hour per account, and none for a
   * program. Call it before the event of the sign-in is recorded.
   */
  async addFor(user: User): Promise<void> {
    const { client, notices, rateLimits } = this.parts;
    if (isProgram(client)) return;
    const template = await this.templateFor(user);
    if (!template || !(await rateLimits.allowSignInNotice(user.id))) return;
    notices.add(template, user, { ipAddress: client.ipAddress, userAgent: client.userAgent });
  }

  private async templateFor(user: User): Promise<MailTemplate | undefined> {
    const { devices, events } = this.parts;
    if ((await events.countFailuresSinceSignIn(user.id, MANY_FAILURES)) >= MANY_FAILURES)
      return signInAfterFailuresMail;
    if (devices.isKnown(user) || (await events.isKnownClient(user.id))) return undefined;
    return newBrowserMail;
  }
}
