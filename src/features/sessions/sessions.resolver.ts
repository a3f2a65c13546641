import { Session } from '../../auth/auth.types.ts';
import { type Context, signedIn } from '../../graphql/context.ts';
import { Arg, Authorized, Ctx, ID, Int, Mutation, Query, Resolver } from '../../graphql/decorators.ts';
import type { SessionsService } from './sessions.service.ts';

type SessionsContext = Context<{ sessions: SessionsService }>;

@Resolver()
export class SessionsResolver {
  @Authorized()
  @Query(() => [Session], {
    description: "The signed-in user's active sessions, most recently used first. Errors: UNAUTHENTICATED.",
  })
  async sessions(@Ctx() context: SessionsContext): Promise<Session[]> {
    const { id } = signedIn(context);
    const sessions = await context.services.sessions.list();
    return sessions.map(session => Session.of(session, id));
  }

  @Authorized()
  @Mutation(() => Boolean, {
    description:
      "Ends one of the signed-in user's sessions. False if the user has no session with this id. Errors: UNAUTHENTICATED.",
  })
  async revokeSession(
    @Arg('id', () => ID, { description: 'The id of the session.' }) id: string,
    @Ctx() context: SessionsContext,
  ): Promise<boolean> {
    const revoked = await context.services.sessions.revoke(id);
    if (id === signedIn(context).id) context.cookie.clear();
    return revoked;
  }

  @Authorized()
  @Mutation(() => Int, {
    description: 'Ends all sessions of the signed-in user but this one, and returns how many. Errors: UNAUTHENTICATED.',
  })
  revokeOtherSessions(@Ctx() { services }: SessionsContext): Promise<number> {
    return services.sessions.revokeOthers();
  }
}
