import type { Context } from '../../graphql/context.ts';
import { Authorized, Ctx, Mutation, Resolver } from '../../graphql/decorators.ts';
import type { AccountDeletionService } from './account-deletion.service.ts';

type AccountDeletionContext = Context<{ accountDeletion: AccountDeletionService }>;

@Resolver()
export class AccountDeletionResolver {
  @Authorized()
  @Mutation(() => Boolean, {
    description:
      'Deletes the signed-in user with everything that is theirs, and signs out. The address is free at once. ' +
      'False if another request has just done so. Errors: UNAUTHENTICATED, RECENT_AUTH_REQUIRED, LAST_ADMIN.',
  })
  async deleteAccount(@Ctx() { services, cookie }: AccountDeletionContext): Promise<boolean> {
    const deleted = await services.accountDeletion.deleteAccount();
    cookie.clear();
    return deleted;
  }
}
