import { Sessions } from '../../auth/sessions.ts';
import type { Feature } from '../../feature.ts';
import { SessionsResolver } from './sessions.resolver.ts';
import { SessionsService } from './sessions.service.ts';

/** Users see where they are signed in, and end sessions there. The table is the auth service's. */
export const sessionsFeature = {
  resolvers: [SessionsResolver],
  createService: ({ app, em, client, session }) =>
    new SessionsService({ session, sessions: new Sessions(em, app.options, app.clock, client) }),
} satisfies Feature<SessionsService>;
