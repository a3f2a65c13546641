import { authParts } from '../../auth/auth-parts.ts';
import type { Feature } from '../../feature.ts';
import {
  confirmEmailChangeMail,
  emailChangedMail,
  emailChangeRequestedMail,
  emailChangeRevertedMail,
  emailRemovedMail,
} from './email-change.mails.ts';
import { EmailChangeService } from './email-change.service.ts';

/**
 * Changes the address of an account, and takes the change back. The table belongs to the auth feature, because a
 * registration must not take an address that can be taken back.
 */
export const emailChangeFeature = {
  loadResolvers: async () => [(await import('./email-change.resolver.ts')).EmailChangeResolver],
  mails: [
    confirmEmailChangeMail,
    emailChangeRequestedMail,
    emailChangedMail,
    emailChangeRevertedMail,
    emailRemovedMail,
  ],
  createService: scope => new EmailChangeService(authParts(scope)),
} satisfies Feature<EmailChangeService>;
