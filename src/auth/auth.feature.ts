import type { Feature } from '../feature.ts';
import { AccountEvent } from './account-event.entity.ts';
import { accountDeletedMail, passwordChangedMail, passwordResetMail } from './auth.mails.ts';
import { authPersonalData } from './auth.personal-data.ts';
import { AuthService } from './auth.service.ts';
import { authParts } from './auth-parts.ts';
import { EmailChange } from './email-change.entity.ts';
import type { NeededServices } from './email-verification.ts';
import { Session } from './session.entity.ts';
import { newBrowserMail, signInAfterFailuresMail } from './sign-in-notices.mails.ts';
import { Token } from './token.entity.ts';
import { User } from './user.entity.ts';
import { UserRole } from './user-role.entity.ts';

/** Registering, signing in and out, resetting the password. */
export const authFeature = {
  entities: [User, UserRole, Session, Token, EmailChange, AccountEvent],
  loadResolvers: async () => [(await import('./auth.resolver.ts')).AuthResolver],
  personalData: authPersonalData,
  mails: [passwordResetMail, passwordChangedMail, newBrowserMail, signInAfterFailuresMail, accountDeletedMail],
  cleanup: [
    { entity: Session, key: 'id', expiresAt: 'expiresAt' },
    { entity: Token, key: 'id', expiresAt: 'expiresAt' },
    { entity: EmailChange, key: 'id', expiresAt: 'expiresAt' },
    { entity: AccountEvent, key: 'id', expiresAt: 'expiresAt' },
  ],
  createService: (scope, services: NeededServices) => new AuthService(authParts(scope), services),
} satisfies Feature<AuthService, NeededServices>;
