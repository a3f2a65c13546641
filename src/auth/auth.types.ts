import { DateTime } from '../graphql/date-time.ts';
import { ArgsType, createUnionType, Field, ID, ObjectType, registerEnumType } from '../graphql/decorators.ts';
import type { SignedIn as ServiceSignedIn } from './auth.service.ts';
import type { ActiveSession, SessionUser } from './session-lookup.ts';

export enum SessionTransport {
  COOKIE = 'COOKIE',
  BEARER = 'BEARER',
}

registerEnumType(SessionTransport, {
  name: 'SessionTransport',
  description: 'How the client carries its session.',
  valuesConfig: {
    COOKIE: { description: 'In an HttpOnly cookie, for browsers.' },
    BEARER: {
      description:
        "In the answer's token, to be sent as `Authorization: Bearer`, for native apps and servers. No cookie is set.",
    },
  },
});

const TRANSPORT = { defaultValue: SessionTransport.COOKIE, description: 'How the client will carry its session.' };

@ArgsType()
export class RegisterArgs {
  @Field(() => String, { description: 'One e-mail address; it is the name to log in with.' })
  email!: string;

  @Field(() => String, {
    description: 'The password, in any characters; 8 to 256 of them unless the operator asks for more.',
  })
  password!: string;

  @Field(() => String, { nullable: true, description: 'What to call the person; at most 200 characters.' })
  name?: string | null;

  @Field(() => SessionTransport, TRANSPORT)
  transport!: SessionTransport;
}

@ArgsType()
export class LoginArgs {
  @Field(() => String, { description: 'The address of the account, however its capitals were typed.' })
  email!: string;

  @Field(() => String, { description: 'The password of the account.' })
  password!: string;

  @Field(() => Boolean, {
    defaultValue: true,
    description: 'False: the cookie goes when the browser closes, and the session is a short one.',
  })
  rememberMe!: boolean;

  @Field(() => SessionTransport, TRANSPORT)
  transport!: SessionTransport;
}

@ArgsType()
export class RequestPasswordResetArgs {
  @Field(() => String, { description: 'The address of the account.' })
  email!: string;
}

@ArgsType()
export class ResetPasswordArgs {
  @Field(() => String, { description: "The token from the mail's link." })
  token!: string;

  @Field(() => String, { description: 'The password to set; the rules are those of register.' })
  newPassword!: string;
}

@ObjectType({ description: 'A person with an account.' })
export class User {
  @Field(() => ID, { description: 'Names the account, for good.' })
  id!: string;

  @Field(() => String, { description: 'The address as its owner typed it.' })
  email!: string;

  @Field(() => Boolean, { description: 'Whether the owner has shown that mails to the address reach them.' })
  emailVerified!: boolean;

  @Field(() => String, { nullable: true, description: 'What to call the person.' })
  name!: string | null;

  @Field(() => DateTime, { description: 'When the account was made.' })
  createdAt!: Date;

  static of({ id, email, emailVerified, name, createdAt }: SessionUser): User {
    return Object.assign(new User(), { id, email, emailVerified, name, createdAt });
  }
}

@ObjectType({ description: 'A sign-in that is in force.' })
export class Session {
  @Field(() => ID, { description: 'Names the session; it is not the token and opens nothing.' })
  id!: string;

  @Field(() => DateTime, { description: 'When the sign-in was.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it was last used; up to a minute late.' })
  lastUsedAt!: Date;

  @Field(() => DateTime, { description: 'When it ends, however much it is used; unused, it ends sooner.' })
  expiresAt!: Date;

  @Field(() => String, { nullable: true, description: 'The network address that the sign-in came from.' })
  ipAddress!: string | null;

  @Field(() => String, { nullable: true, description: 'What the client said that it is.' })
  userAgent!: string | null;

  @Field(() => Boolean, { description: 'True for the session of this very request.' })
  current!: boolean;

  static fromActiveSession({
    id,
    createdAt,
    lastUsedAt,
    expiresAt,
    ipAddress,
    userAgent,
  }: Omit<ActiveSession, 'user'>): Session {
    return Object.assign(new Session(), { id, createdAt, lastUsedAt, expiresAt, ipAddress, userAgent, current: true });
  }
}

@ObjectType({ description: 'Somebody is signed in.' })
export class SignedIn {
  @Field(() => User, { description: 'Who it is.' })
  user!: User;

  @Field(() => Session, { description: 'The session that was started.' })
  session!: Session;

  @Field(() => String, { nullable: true, description: 'Only when BEARER was asked for.' })
  token!: string | null;

  static of({ user, session, token }: ServiceSignedIn, transport: SessionTransport): SignedIn {
    return Object.assign(new SignedIn(), {
      user: User.of({ ...user, emailVerified: user.emailVerifiedAt !== null }),
      session: Session.fromActiveSession(session),
      token: transport === SessionTransport.BEARER ? token : null,
    });
  }
}

@ObjectType({ description: 'Nobody is signed in yet: the address has to be confirmed first, by the link in a mail.' })
export class EmailConfirmationRequired {
  @Field(() => String, { description: 'The address that the mail went to, as it was given.' })
  email!: string;
}

export const SignInResult = createUnionType({
  name: 'SignInResult',
  description: 'What an attempt to sign in, by whichever way, can lead to. More members come with more ways.',
  types: () => [SignedIn, EmailConfirmationRequired] as const,
});
