import { DateTime } from '../graphql/date-time.ts';
import { ArgsType, Field, ID, Int, ObjectType, registerEnumType } from '../graphql/decorators.ts';
import { AFTER, connectionOf, FIRST } from '../graphql/pagination.ts';
import type { EventActor as Actor, AccountEventType as EventType } from './account-events.ts';

const TYPES: Record<EventType, string> = {
  REGISTERED: 'The account was created.',
  SIGNED_IN: 'A session was started.',
  SIGN_IN_FAILED: 'A sign-in was refused.',
  SIGNED_OUT: 'A session was ended by its owner, in the browser that it belonged to.',
  SESSION_REVOKED: 'A session was ended from elsewhere.',
  REAUTHENTICATED: 'The password was confirmed again.',
  PASSWORD_CHANGED: 'The password was changed by its owner.',
  PASSWORD_RESET_REQUESTED: 'A link that sets a new password was requested.',
  PASSWORD_RESET: 'A new password was set with a link.',
  EMAIL_VERIFIED: 'The e-mail address was verified.',
  EMAIL_CHANGE_REQUESTED: 'A change of the e-mail address was requested.',
  EMAIL_CHANGED: 'The e-mail address was changed.',
  EMAIL_CHANGE_REVERTED: 'A change of the e-mail address was cancelled or taken back.',
  PROFILE_UPDATED: 'Name or language was changed.',
  DATA_EXPORTED: 'The data of the account was exported.',
  DELETED: 'The account was deleted.',
  DISABLED: 'The account was disabled.',
  ENABLED: 'The account was enabled again.',
  ROLES_CHANGED: 'The roles of the account were changed.',
};

const ACTORS: Record<Actor, string> = {
  USER: 'The owner of the account.',
  ADMIN: 'An administrator.',
  SERVICE: 'A program of the operator.',
  VISITOR: 'A visitor who was not signed in.',
};

const namesOf = <Name extends string>(descriptions: Record<Name, string>) =>
  Object.fromEntries(Object.keys(descriptions).map(name => [name, name])) as { [Each in Name]: Each };

const valuesOf = (descriptions: Record<string, string>) =>
  Object.fromEntries(Object.entries(descriptions).map(([name, description]) => [name, { description }]));

export const AccountEventType = namesOf(TYPES);
export const EventActor = namesOf(ACTORS);

registerEnumType(AccountEventType, {
  name: 'AccountEventType',
  description: 'What can happen to an account.',
  valuesConfig: valuesOf(TYPES),
});

registerEnumType(EventActor, {
  name: 'EventActor',
  description: 'Who caused an event.',
  valuesConfig: valuesOf(ACTORS),
});

@ObjectType({ description: 'Something that happened to an account.' })
export class AccountEvent {
  @Field(() => ID, { description: 'Identifies the event.' })
  id!: string;

  @Field(() => AccountEventType, { description: 'What happened.' })
  type!: EventType;

  @Field(() => DateTime, { description: 'When it happened.' })
  at!: Date;

  @Field(() => String, { nullable: true, description: 'The IP address that it came from. Null for a program.' })
  ipAddress!: string | null;

  @Field(() => String, { nullable: true, description: 'The User-Agent header of the request.' })
  userAgent!: string | null;

  @Field(() => EventActor, { description: 'Who caused it.' })
  actor!: Actor;

  @Field(() => ID, {
    nullable: true,
    description: 'The account that it happened to. Null once that is deleted, or if there never was one.',
  })
  userId!: string | null;
}

export const AccountEventConnection = connectionOf(AccountEvent, 'AccountEvent', 'account events');
export type AccountEventConnection = InstanceType<typeof AccountEventConnection>;

@ArgsType()
export class EventPageArgs {
  @Field(() => Int, { defaultValue: 20, description: FIRST })
  first!: number;

  @Field(() => String, { nullable: true, description: AFTER })
  after?: string | null;
}
