import type { Context } from '../graphql/context.ts';
import { Args, Ctx, Extensions, Mutation, Query, Resolver } from '../graphql/decorators.ts';
import { CREDENTIAL_MUTATION } from '../graphql/document-limits.ts';
import { isSignedIn, type SignInResult as Outcome } from './account-access.ts';
import type { AuthService } from './auth.service.ts';
import {
  EmailConfirmationRequired,
  LoginArgs,
  RegisterArgs,
  RequestPasswordResetArgs,
  ResetPasswordArgs,
  Session,
  type SessionTransport,
  SignedIn,
  SignInResult,
  User,
} from './auth.types.ts';

type AuthContext = Context<{ auth: AuthService }>;

@Resolver()
export class AuthResolver {
  @Query(() => User, {
    nullable: true,
    description: 'The signed-in user, or null for a visitor. A stale cookie counts as a visitor and is cleared.',
  })
  profile(@Ctx() { session }: AuthContext): User | null {
    return session && User.of(session.user);
  }

  @Query(() => Session, { nullable: true, description: 'The session of this request, or null for a visitor.' })
  session(@Ctx() { session }: AuthContext): Session | null {
    return session && Session.of(session, session.id);
  }

  @Mutation(() => SignInResult, {
    description:
      'Creates an account and signs in. Where the operator requires verified addresses, returns ' +
      'EmailConfirmationRequired instead, for new and already registered addresses alike. ' +
      'Errors: BAD_USER_INPUT, EMAIL_TAKEN, RATE_LIMITED, BUSY.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async register(
    @Args(() => RegisterArgs) { email, password, name, transport }: RegisterArgs,
    @Ctx() { services, cookie }: AuthContext,
  ): Promise<typeof SignInResult> {
    cookie.assertWritable(transport);
    return respond(await services.auth.register({ email, password, name }), cookie, transport);
  }

  @Mutation(() => SignInResult, {
    description:
      'Signs in with e-mail address and password. Where verified addresses are required and this one is not, the right ' +
      'password returns EmailConfirmationRequired and mails a fresh link. Errors: INVALID_CREDENTIALS, RATE_LIMITED, BUSY.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async login(
    @Args(() => LoginArgs) { email, password, rememberMe, transport }: LoginArgs,
    @Ctx() { services, cookie }: AuthContext,
  ): Promise<typeof SignInResult> {
    cookie.assertWritable(transport);
    return respond(await services.auth.login({ email, password, rememberMe }), cookie, transport);
  }

  @Mutation(() => Boolean, {
    description: 'Ends the session of this request. True if there was one; calling it twice is not an error.',
  })
  async logout(@Ctx() { services, cookie }: AuthContext): Promise<boolean> {
    const ended = await services.auth.logout();
    cookie.clear();
    return ended;
  }

  @Mutation(() => Boolean, {
    description:
      'Mails a link that sets a new password. Always true: it does not reveal whether the address has an account. ' +
      'Errors: BAD_USER_INPUT.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async requestPasswordReset(
    @Args(() => RequestPasswordResetArgs) { email }: RequestPasswordResetArgs,
    @Ctx() { services }: AuthContext,
  ): Promise<boolean> {
    await services.auth.requestPasswordReset(email);
    return true;
  }

  @Mutation(() => Boolean, {
    description:
      'Sets a new password with the token from the mail, and ends every session of the user. It does not sign in. ' +
      'Errors: TOKEN_INVALID, BAD_USER_INPUT (the token stays usable), RATE_LIMITED, BUSY.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async resetPassword(
    @Args(() => ResetPasswordArgs) { token, newPassword }: ResetPasswordArgs,
    @Ctx() { services }: AuthContext,
  ): Promise<boolean> {
    await services.auth.resetPassword({ token, newPassword });
    return true;
  }
}

function respond(outcome: Outcome, cookie: AuthContext['cookie'], transport: SessionTransport): typeof SignInResult {
  if (!isSignedIn(outcome)) return EmailConfirmationRequired.of(outcome);
  cookie.setSession(outcome, transport);
  return SignedIn.of(outcome, transport);
}
