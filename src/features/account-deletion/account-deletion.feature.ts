import { authParts } from '../../auth/auth-parts.ts';
import type { Feature } from '../../feature.ts';
import { AccountDeletionService } from './account-deletion.service.ts';

/** Lets users delete their own account. What is deleted is up to AccountDeletion, which administrators use as well. */
export const accountDeletionFeature = {
  loadResolvers: async () => [(await import('./account-deletion.resolver.ts')).AccountDeletionResolver],
  createService: scope => new AccountDeletionService(authParts(scope)),
} satisfies Feature<AccountDeletionService>;
