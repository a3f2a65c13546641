import type { Context } from '../../graphql/context.ts';
import { Arg, Authorized, Ctx, Extensions, Mutation, Resolver } from '../../graphql/decorators.ts';
import { CREDENTIAL_MUTATION } from '../../graphql/document-limits.ts';
import type { EmailVerificationService } from './email-verification.service.ts';

type EmailVerificationContext = Context<{ emailVerification: EmailVerificationService }>;

@Resolver()
export class EmailVerificationResolver {
  @Authorized()
  @Mutation(() => Boolean, {
    description:
      'Mails a fresh verification link to the signed-in user; true also when the address is verified already. ' +
      'Errors: UNAUTHENTICATED.',
  })
  async requestEmailVerification(@Ctx() { services }: EmailVerificationContext): Promise<boolean> {
    await services.emailVerification.request();
    return true;
  }

  @Mutation(() => Boolean, {
    description: 'Verifies the address with the token from the mail; needs no session. Errors: TOKEN_INVALID.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async verifyEmail(
    @Arg('token', () => String, { description: 'The token from the link in the mail.' }) token: string,
    @Ctx() { services }: EmailVerificationContext,
  ): Promise<boolean> {
    await services.emailVerification.verify(token);
    return true;
  }
}
