import { AccountEventType } from '../../auth/account-event.types.ts';
import type { AccountEventType as EventType } from '../../auth/account-events.ts';
import type { Page } from '../../core/page.ts';
import { mapPage } from '../../core/page.ts';
import { DateTime } from '../../graphql/date-time.ts';
import { ArgsType, Field, ID, Int, ObjectType } from '../../graphql/decorators.ts';
import { AFTER, connectionOf, FIRST } from '../../graphql/pagination.ts';
import type { ManagedUser } from './user-directory.ts';

@ObjectType({ description: 'A user as administrators see them.' })
export class AdminUser {
  @Field(() => ID, { description: 'Identifies the account. It never changes.' })
  id!: string;

  @Field(() => String, { description: 'The e-mail address.' })
  email!: string;

  @Field(() => Boolean, { description: 'Whether the owner has proved that they receive mail at the address.' })
  emailVerified!: boolean;

  @Field(() => String, { nullable: true, description: 'Display name.' })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'BCP 47 tag of the language that mails are written in.' })
  locale!: string | null;

  @Field(() => [String], { description: 'In alphabetical order.' })
  roles!: readonly string[];

  @Field(() => DateTime, { description: 'When the account was created.' })
  createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When the account was disabled; null if it is not.' })
  disabledAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why the account is disabled. The owner does not see it.' })
  disabledReason!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the user last signed in.' })
  lastSignInAt!: Date | null;

  @Field(() => Boolean, { description: 'Whether the user can sign in with a password.' })
  hasPassword!: boolean;

  static of({ emailVerifiedAt, ...user }: ManagedUser): AdminUser {
    return Object.assign(new AdminUser(), user, { emailVerified: emailVerifiedAt !== null });
  }

  static page(page: Page<ManagedUser>): AdminUserConnection {
    return mapPage(page, AdminUser.of);
  }
}

export const AdminUserConnection = connectionOf(AdminUser, 'AdminUser', 'users');
export type AdminUserConnection = InstanceType<typeof AdminUserConnection>;

const PAGE_SIZE = { defaultValue: 50, description: FIRST };

@ArgsType()
export class AdminUsersArgs {
  @Field(() => String, {
    nullable: true,
    description: 'The beginning of the e-mail address or of the name, in upper or lower case.',
  })
  search?: string | null;

  @Field(() => String, { nullable: true, description: 'A role that the users have.' })
  role?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'True: disabled users only. False: none of them.' })
  disabled?: boolean | null;

  @Field(() => Int, PAGE_SIZE)
  first!: number;

  @Field(() => String, { nullable: true, description: AFTER })
  after?: string | null;
}

@ArgsType()
export class AdminEventsArgs {
  @Field(() => AccountEventType, { nullable: true, description: 'The type of the events.' })
  type?: EventType | null;

  @Field(() => ID, { nullable: true, description: 'The account that they happened to.' })
  userId?: string | null;

  @Field(() => Int, PAGE_SIZE)
  first!: number;

  @Field(() => String, { nullable: true, description: AFTER })
  after?: string | null;
}

@ArgsType()
export class AdminCreateUserArgs {
  @Field(() => String, { description: 'The e-mail address to sign in with.' })
  email!: string;

  @Field(() => String, { nullable: true, description: 'Display name; at most 200 characters.' })
  name?: string | null;

  @Field(() => [String], { defaultValue: [], description: '`ADMIN`, or roles that the operator has listed.' })
  roles!: string[];
}

@ArgsType()
export class AdminDisableUserArgs {
  @Field(() => ID, { description: 'The id of the user.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'For administrators; at most 500 characters.' })
  reason?: string | null;
}

@ArgsType()
export class AdminSetRolesArgs {
  @Field(() => ID, { description: 'The id of the user.' })
  id!: string;

  @Field(() => [String], { description: 'All roles that the user has from now on.' })
  roles!: string[];
}
