import { authParts } from '../../auth/auth-parts.ts';
import type { Feature } from '../../feature.ts';
import {
  accountCreatedMail,
  accountDisabledMail,
  accountEnabledMail,
  passwordLinkMail,
  rolesChangedMail,
} from './admin.mails.ts';
import { AdminService } from './admin.service.ts';

/** Lets administrators, and the operator's programs, look after accounts. */
export const adminFeature = {
  loadResolvers: async () => {
    const { AdminResolver, AdminUserResolver } = await import('./admin.resolver.ts');
    return [AdminResolver, AdminUserResolver];
  },
  mails: [accountCreatedMail, passwordLinkMail, accountDisabledMail, accountEnabledMail, rolesChangedMail],
  createService: scope => new AdminService(authParts(scope)),
} satisfies Feature<AdminService>;
