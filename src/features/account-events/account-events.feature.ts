import { authParts } from '../../auth/auth-parts.ts';
import type { Feature } from '../../feature.ts';
import { AccountEventsService } from './account-events.service.ts';

/** Lets users see what happened to their account. The table belongs to the auth feature. */
export const accountEventsFeature = {
  loadResolvers: async () => [(await import('./account-events.resolver.ts')).AccountEventsResolver],
  createService: scope => new AccountEventsService(authParts(scope)),
} satisfies Feature<AccountEventsService>;
