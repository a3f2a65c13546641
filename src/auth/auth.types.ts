import { DateTime } from '../graphql/date-time.ts';
import { ArgsType, createUnionType, Field, ID, ObjectType, registerEnumType } from '../graphql/decorators.ts';
import type { EmailConfirmationRequired as Outcome, SignedIn as ServiceSignedIn } from './account-access.ts';
import type { PublicSession, PublicUser } from './projection.ts';

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
        "In the response's token, to be sent as `Authorization: Bearer`, for native apps and servers. No cookie is set.",
    },
  },
});

const TRANSPORT = { defaultValue: SessionTransport.COOKIE, description: 'How the client carries its session.' };

@ArgsType()
export class RegisterArgs {
  @Field(() => String, { description: 'The e-mail address to sign in with.' })
  email!: string;

  @Field(() => String, {
    description: 'Any characters; 8 to 256 of them, unless the operator requires more.',
  })
  password!: string;

  @Field(() => String, { nullable: true, description: 'Display name; at most 200 characters.' })
  name?: string | null;

  @Field(() => SessionTransport, TRANSPORT)
  transport!: SessionTransport;
}

@ArgsType()
export class LoginArgs {
  @Field(() => String, { description: 'The address of the account, in upper or lower case.' })
  email!: string;

  @Field(() => String, { description: 'The password of the account.' })
  password!: string;

  @Field(() => Boolean, {
    defaultValue: true,
    description: 'False: a session of 12 hours at most, whose cookie ends with the browser.',
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
  @Field(() => String, { description: 'The token from the link in the mail.' })
  token!: string;

  @Field(() => String, { description: 'The new password; the rules of `register` apply.' })
  newPassword!: string;
}

@ObjectType({ description: 'A person with an account.' })
export class User {
  @Field(() => ID, { description: 'Identifies the account. It never changes.' })
  id!: string;

  @Field(() => String, { description: 'The e-mail address.' })
  email!: string;

  @Field(() => String, { nullable: true, description: 'BCP 47 tag of the language that mails are written in.' })
  locale!: string | null;

  @Field(() => [String], { description: 'Empty unless an administrator granted some.' })
  roles!: readonly string[];

  @Field(() => Boolean, { description: 'Whether the owner has proved that they receive mail at the address.' })
  emailVerified!: boolean;

  @Field(() => String, { nullable: true, description: 'Display name.' })
  name!: string | null;

  @Field(() => DateTime, { description: 'When the account was created.' })
  createdAt!: Date;

  static of({ emailVerifiedAt, ...user }: PublicUser): User {
    return Object.assign(new User(), user, { emailVerified: emailVerifiedAt !== null });
  }
}

@ObjectType({ description: 'An active session.' })
export class Session {
  @Field(() => ID, { description: 'Identifies the session; it is not the token and grants nothing.' })
  id!: string;

  @Field(() => DateTime, { description: 'When the user signed in.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it was last used, up to a minute ago.' })
  lastUsedAt!: Date;

  @Field(() => DateTime, { description: 'When it ends at the latest. It ends sooner if it is not used.' })
  expiresAt!: Date;

  @Field(() => String, { nullable: true, description: 'The IP address of the sign-in.' })
  ipAddress!: string | null;

  @Field(() => String, { nullable: true, description: 'The User-Agent header of the sign-in.' })
  userAgent!: string | null;

  @Field(() => Boolean, { description: 'True for the session of this request.' })
  current!: boolean;

  /** `currentId`: of the session that the request belongs to. */
  static of(session: PublicSession, currentId: string): Session {
    return Object.assign(new Session(), session, { current: session.id === currentId });
  }
}

@ObjectType({ description: 'The user is signed in.' })
export class SignedIn {
  @Field(() => User, { description: 'The signed-in user.' })
  user!: User;

  @Field(() => Session, { description: 'The session that was started.' })
  session!: Session;

  @Field(() => String, { nullable: true, description: 'The session token; only when BEARER was requested.' })
  token!: string | null;

  static of({ user, session, token }: ServiceSignedIn, transport: SessionTransport): SignedIn {
    return Object.assign(new SignedIn(), {
      user: User.of(user),
      session: Session.of(session, session.id),
      token: transport === SessionTransport.BEARER ? token : null,
    });
  }
}

@ObjectType({
  description: 'The user is not signed in yet: the address has to be verified first, with the link in a mail.',
})
export class EmailConfirmationRequired {
  @Field(() => String, { description: 'The address that the mail was sent to, as it was entered.' })
  email!: string;

  static of({ email }: Outcome): EmailConfirmationRequired {
    return Object.assign(new EmailConfirmationRequired(), { email });
  }
}

export const SignInResult = createUnionType({
  name: 'SignInResult',
  description: 'The outcome of an attempt to sign in. Future ways to sign in can add members.',
  types: () => [SignedIn, EmailConfirmationRequired] as const,
});
