import { AccountEventConnection, EventPageArgs } from '../../auth/account-event.types.ts';
import { Session } from '../../auth/auth.types.ts';
import { type Context, signedIn } from '../../graphql/context.ts';
import {
  Arg,
  Args,
  Authorized,
  Ctx,
  Extensions,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from '../../graphql/decorators.ts';
import { CREDENTIAL_MUTATION } from '../../graphql/document-limits.ts';
import type { AdminService } from './admin.service.ts';
import {
  AdminCreateUserArgs,
  AdminDisableUserArgs,
  AdminEventsArgs,
  AdminSetRolesArgs,
  AdminUser,
  AdminUserConnection,
  AdminUsersArgs,
} from './admin.types.ts';

type AdminContext = Context<{ admin: AdminService }>;

const USER_ID = { description: 'The id of the user.' };

@Resolver()
export class AdminResolver {
  @Authorized('ADMIN')
  @Query(() => AdminUserConnection, {
    description: 'Users, newest first; all filters apply. Errors: UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT.',
  })
  async adminUsers(
    @Args(() => AdminUsersArgs) { first, after, ...filter }: AdminUsersArgs,
    @Ctx() { services }: AdminContext,
  ): Promise<AdminUserConnection> {
    return AdminUser.page(await services.admin.users(filter, { first, after }));
  }

  @Authorized('ADMIN')
  @Query(() => AdminUser, {
    nullable: true,
    description: 'One user; null for an unknown id. Errors: UNAUTHENTICATED, FORBIDDEN.',
  })
  async adminUser(
    @Arg('id', () => ID, USER_ID) id: string,
    @Ctx() { services }: AdminContext,
  ): Promise<AdminUser | null> {
    const user = await services.admin.user(id);
    return user && AdminUser.of(user);
  }

  @Authorized('ADMIN')
  @Query(() => AccountEventConnection, {
    description: 'Events of all accounts, newest first. Errors: UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT.',
  })
  adminEvents(
    @Args(() => AdminEventsArgs) { first, after, ...filter }: AdminEventsArgs,
    @Ctx() { services }: AdminContext,
  ): Promise<AccountEventConnection> {
    return services.admin.events(filter, { first, after });
  }

  @Authorized('ADMIN')
  @Mutation(() => AdminUser, {
    description:
      'Creates an account without a password, and mails its owner a link to set one. ' +
      'Errors: UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT, EMAIL_TAKEN.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async adminCreateUser(
    @Args(() => AdminCreateUserArgs) account: AdminCreateUserArgs,
    @Ctx() { services }: AdminContext,
  ): Promise<AdminUser> {
    return AdminUser.of(await services.admin.createUser(account));
  }

  @Authorized('ADMIN')
  @Mutation(() => AdminUser, {
    description:
      'Refuses sign-ins, and ends all sessions and links of the user at once. No effect on a disabled user. ' +
      'Errors: UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT, NOT_FOUND, LAST_ADMIN.',
  })
  async adminDisableUser(
    @Args(() => AdminDisableUserArgs) { id, reason }: AdminDisableUserArgs,
    @Ctx() { services }: AdminContext,
  ): Promise<AdminUser> {
    return AdminUser.of(await services.admin.disableUser(id, reason));
  }

  @Authorized('ADMIN')
  @Mutation(() => AdminUser, {
    description: 'Permits sign-ins of a disabled user again. Errors: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND.',
  })
  async adminEnableUser(
    @Arg('id', () => ID, USER_ID) id: string,
    @Ctx() { services }: AdminContext,
  ): Promise<AdminUser> {
    return AdminUser.of(await services.admin.enableUser(id));
  }

  @Authorized('ADMIN')
  @Mutation(() => Int, {
    description: 'Ends all sessions of the user, and returns how many. Errors: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND.',
  })
  adminRevokeSessions(@Arg('id', () => ID, USER_ID) id: string, @Ctx() { services }: AdminContext): Promise<number> {
    return services.admin.revokeSessions(id);
  }

  @Authorized('ADMIN')
  @Mutation(() => Boolean, {
    description:
      'Mails the user a link to set a new password. False for a disabled user, who gets none. ' +
      'Errors: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  adminSendPasswordReset(
    @Arg('id', () => ID, USER_ID) id: string,
    @Ctx() { services }: AdminContext,
  ): Promise<boolean> {
    return services.admin.sendPasswordReset(id);
  }

  @Authorized('ADMIN')
  @Mutation(() => AdminUser, {
    description:
      "Replaces the user's roles, effective on the next request. " +
      'Errors: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, LAST_ADMIN, BAD_USER_INPUT.',
  })
  async adminSetRoles(
    @Args(() => AdminSetRolesArgs) { id, roles }: AdminSetRolesArgs,
    @Ctx() { services }: AdminContext,
  ): Promise<AdminUser> {
    return AdminUser.of(await services.admin.setRoles(id, roles));
  }

  @Authorized('ADMIN')
  @Mutation(() => Boolean, {
    description:
      'Deletes the user and everything that is theirs. Always true. ' +
      'Errors: UNAUTHENTICATED, FORBIDDEN, RECENT_AUTH_REQUIRED, NOT_FOUND, LAST_ADMIN.',
  })
  async adminDeleteUser(@Arg('id', () => ID, USER_ID) id: string, @Ctx() { services }: AdminContext): Promise<boolean> {
    await services.admin.deleteUser(id);
    return true;
  }
}

/** Fields of users that are read when they are selected. */
@Resolver(() => AdminUser)
export class AdminUserResolver {
  @FieldResolver(() => [Session], { description: 'The active sessions, most recently used first.' })
  async sessions(@Root() { id }: AdminUser, @Ctx() context: AdminContext): Promise<Session[]> {
    const sessions = await context.services.admin.sessionsOf(id);
    return sessions.map(session => Session.of(session, signedIn(context).id));
  }

  @FieldResolver(() => AccountEventConnection, { description: 'What happened to the account, newest first.' })
  events(
    @Root() { id }: AdminUser,
    @Args(() => EventPageArgs) page: EventPageArgs,
    @Ctx() { services }: AdminContext,
  ): Promise<AccountEventConnection> {
    return services.admin.events({ userId: id }, page);
  }
}
