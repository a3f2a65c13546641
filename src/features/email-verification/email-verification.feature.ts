import { authParts } from '../../auth/auth-parts.ts';
import type { Feature } from '../../feature.ts';
import { alreadyRegisteredMail, verificationMail } from './email-verification.mails.ts';
import { EmailVerificationService } from './email-verification.service.ts';

/** Verifies that owners of accounts receive mail at their addresses. */
export const emailVerificationFeature = {
  loadResolvers: async () => [(await import('./email-verification.resolver.ts')).EmailVerificationResolver],
  mails: [verificationMail, alreadyRegisteredMail],
  createService: scope => new EmailVerificationService(authParts(scope)),
} satisfies Feature<EmailVerificationService>;
