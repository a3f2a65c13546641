import { DateTime } from '../graphql/date-time.ts';
import { ArgsType, Field, ID, Int, ObjectType, registerEnumType } from '../graphql/decorators.ts';
import { AFTER, connectionOf, FIRST } from '../graphql/pagination.ts';
import { ACCOUNT_EVENTS, type EventActor as Actor, type AccountEventType as EventType } from './account-events.ts';

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

export const AccountEventType = namesOf(ACCOUNT_EVENTS);
export const EventActor = namesOf(ACTORS);

registerEnumType(AccountEventType, {
  name: 'AccountEventType',
  description: 'What can happen to an account.',
  valuesConfig: valuesOf(ACCOUNT_EVENTS),
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
