import { AccountEventConnection } from '../../auth/account-event.types.ts';
import type { Context } from '../../graphql/context.ts';
import { Arg, Authorized, Ctx, Int, Query, Resolver } from '../../graphql/decorators.ts';
import { AFTER, FIRST } from '../../graphql/pagination.ts';
import type { AccountEventsService } from './account-events.service.ts';

@Resolver()
export class AccountEventsResolver {
  @Authorized()
  @Query(() => AccountEventConnection, {
    description:
      "What happened to the signed-in user's account, newest first. Errors: UNAUTHENTICATED, BAD_USER_INPUT.",
  })
  accountEvents(
    @Arg('first', () => Int, { ...FIRST, defaultValue: 20 }) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { services }: Context<{ accountEvents: AccountEventsService }>,
  ): Promise<AccountEventConnection> {
    return services.accountEvents.list({ first, after });
  }
}
