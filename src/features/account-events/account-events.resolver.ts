import { AccountEventConnection, EventPageArgs } from '../../auth/account-event.types.ts';
import type { Context } from '../../graphql/context.ts';
import { Args, Authorized, Ctx, Query, Resolver } from '../../graphql/decorators.ts';
import type { AccountEventsService } from './account-events.service.ts';

@Resolver()
export class AccountEventsResolver {
  @Authorized()
  @Query(() => AccountEventConnection, {
    description:
      "What happened to the signed-in user's account, newest first. Errors: UNAUTHENTICATED, BAD_USER_INPUT.",
  })
  accountEvents(
    @Args(() => EventPageArgs) page: EventPageArgs,
    @Ctx() { services }: Context<{ accountEvents: AccountEventsService }>,
  ): Promise<AccountEventConnection> {
    return services.accountEvents.list(page);
  }
}
