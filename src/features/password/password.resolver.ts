import { Session, SignedIn } from '../../auth/auth.types.ts';
import type { Context } from '../../graphql/context.ts';
import { Arg, Args, Authorized, Ctx, Extensions, Mutation, Resolver } from '../../graphql/decorators.ts';
import { CREDENTIAL_MUTATION } from '../../graphql/document-limits.ts';
import type { PasswordService } from './password.service.ts';
import { ChangePasswordArgs } from './password.types.ts';

type PasswordContext = Context<{ password: PasswordService }>;

@Resolver()
export class PasswordResolver {
  @Authorized()
  @Mutation(() => SignedIn, {
    description:
      'Changes the password, ends all other sessions and renews this one: in the cookie, or with a new `token` when the ' +
      'request carried a token. An account without a password sets one with `requestPasswordReset`. ' +
      'Errors: UNAUTHENTICATED, INVALID_CREDENTIALS, BAD_USER_INPUT, RATE_LIMITED, BUSY.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async changePassword(
    @Args(() => ChangePasswordArgs) { currentPassword, newPassword }: ChangePasswordArgs,
    @Ctx() { services, cookie }: PasswordContext,
  ): Promise<SignedIn> {
    const { transport } = cookie;
    cookie.assertWritable(transport);
    const signedIn = await services.password.changePassword({ currentPassword, newPassword });
    cookie.setSession(signedIn, transport);
    return SignedIn.of(signedIn, transport);
  }

  @Authorized()
  @Mutation(() => Session, {
    description:
      'Confirms the password again, for operations that ask for a recent confirmation. ' +
      'Errors: UNAUTHENTICATED, INVALID_CREDENTIALS, RATE_LIMITED, BUSY.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async reauthenticate(
    @Arg('password', () => String, { description: 'The password of the account.' }) password: string,
    @Ctx() { services }: PasswordContext,
  ): Promise<Session> {
    const session = await services.password.reauthenticate(password);
    return Session.of(session, session.id);
  }
}
