import { authParts } from '../../auth/auth-parts.ts';
import type { Feature } from '../../feature.ts';
import { SessionsService } from './sessions.service.ts';

/** Lets users list and end their own sessions. The table belongs to the auth feature. */
export const sessionsFeature = {
  loadResolvers: async () => [(await import('./sessions.resolver.ts')).SessionsResolver],
  createService: scope => new SessionsService(authParts(scope)),
} satisfies Feature<SessionsService>;
