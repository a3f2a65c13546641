import type { Context } from '../graphql/context.ts';
import { Args, Ctx, Extensions, Mutation, Query, Resolver } from '../graphql/decorators.ts';
import { CREDENTIAL_MUTATION } from '../graphql/document-limits.ts';
import {
  LoginArgs,
  RegisterArgs,
  RequestPasswordResetArgs,
  ResetPasswordArgs,
  Session,
  SignedIn,
  SignInResult,
  User,
} from './auth.types.ts';

@Resolver()
export class AuthResolver {
  @Query(() => User, {
    nullable: true,
    description:
      'The signed-in user, or null for a visitor. Never an error: a stale cookie is a visitor, and is cleared.',
  })
  profile(@Ctx() { session }: Context): User | null {
    return session && User.of(session.user);
  }

  @Query(() => Session, {
    nullable: true,
    description: 'The session that this request runs under, or null for a visitor.',
  })
  session(@Ctx() { session }: Context): Session | null {
    return session && Session.fromActiveSession(session);
  }

  @Mutation(() => SignInResult, {
    description:
      'Creates an account and signs in. Where the operator requires confirmed addresses, answers ' +
      'EmailConfirmationRequired instead, alike for a new and an already registered address. ' +
      'Errors: BAD_USER_INPUT, EMAIL_TAKEN, RATE_LIMITED, BUSY.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async register(
    @Args(() => RegisterArgs) { email, password, name, transport }: RegisterArgs,
    @Ctx() { services, cookie }: Context,
  ): Promise<typeof SignInResult> {
    const signedIn = await services.auth.register({ email, password, name });
    cookie.carry(signedIn, transport);
    return SignedIn.of(signedIn, transport);
  }

  @Mutation(() => SignInResult, {
    description: 'Signs in with e-mail and password. Errors: INVALID_CREDENTIALS, RATE_LIMITED, BUSY.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async login(
    @Args(() => LoginArgs) { email, password, rememberMe, transport }: LoginArgs,
    @Ctx() { services, cookie }: Context,
  ): Promise<typeof SignInResult> {
    const signedIn = await services.auth.login({ email, password, rememberMe });
    cookie.carry(signedIn, transport);
    return SignedIn.of(signedIn, transport);
  }

  @Mutation(() => Boolean, {
    description: 'Ends the session of this request. True when there was one; asking twice is no error.',
  })
  async logout(@Ctx() { services, cookie }: Context): Promise<boolean> {
    const ended = await services.auth.logout();
    cookie.clear();
    return ended;
  }

  @Mutation(() => Boolean, {
    description:
      'Mails a link that sets a new password. Always true: it never tells whether the address is known. ' +
      'Errors: BAD_USER_INPUT.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async requestPasswordReset(
    @Args(() => RequestPasswordResetArgs) { email }: RequestPasswordResetArgs,
    @Ctx() { services }: Context,
  ): Promise<boolean> {
    await services.auth.requestPasswordReset(email);
    return true;
  }

  @Mutation(() => Boolean, {
    description:
      'Sets a new password with the token from the mail, ends every session of the user, and signs nobody in. ' +
      'Errors: TOKEN_INVALID, BAD_USER_INPUT (the token stays unused), RATE_LIMITED, BUSY.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async resetPassword(
    @Args(() => ResetPasswordArgs) { token, newPassword }: ResetPasswordArgs,
    @Ctx() { services }: Context,
  ): Promise<boolean> {
    await services.auth.resetPassword({ token, newPassword });
    return true;
  }
}
