import { Sessions } from '../../auth/sessions.ts';
import type { Feature } from '../../feature.ts';
import { SessionsService } from './sessions.service.ts';

/** Lets users list and end their own sessions. The table belongs to the auth feature. */
export const sessionsFeature = {
  loadResolvers: async () => [(await import('./sessions.resolver.ts')).SessionsResolver],
  createService: ({ app, em, client, session }) =>
    new SessionsService({ session, sessions: new Sessions(em, app.options, app.clock, client) }),
} satisfies Feature<SessionsService>;
