import type { Context } from '../../graphql/context.ts';
import { Arg, Authorized, Ctx, Extensions, Mutation, Resolver } from '../../graphql/decorators.ts';
import { CREDENTIAL_MUTATION } from '../../graphql/document-limits.ts';
import type { EmailChangeService } from './email-change.service.ts';

type EmailChangeContext = Context<{ emailChange: EmailChangeService }>;

@Resolver()
export class EmailChangeResolver {
  @Authorized()
  @Mutation(() => Boolean, {
    description:
      'Mails a link to the new address and a notice to the old one. The address changes when the link is used. Always ' +
      'true: it does not reveal whether the new address has an account. ' +
      'Errors: UNAUTHENTICATED, RECENT_AUTH_REQUIRED, BAD_USER_INPUT.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async requestEmailChange(
    @Arg('newEmail', () => String, { description: 'The address to sign in with in future.' }) newEmail: string,
    @Ctx() { services }: EmailChangeContext,
  ): Promise<boolean> {
    await services.emailChange.request(newEmail);
    return true;
  }

  @Mutation(() => Boolean, {
    description:
      'Changes the address with the token from the mail to the new one; needs no session. Errors: TOKEN_INVALID, EMAIL_TAKEN.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async confirmEmailChange(
    @Arg('token', () => String, { description: 'The token from the link in the mail.' }) token: string,
    @Ctx() { services }: EmailChangeContext,
  ): Promise<boolean> {
    await services.emailChange.confirm(token);
    return true;
  }

  @Mutation(() => Boolean, {
    description:
      'With the token from a notice to the old address: cancels a pending change, or takes a finished one back within 72 ' +
      'hours. Ends all sessions and removes the password; a mail to the old address brings a link to set a new one. ' +
      'Needs no session. Errors: TOKEN_INVALID.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  async revertEmailChange(
    @Arg('token', () => String, { description: 'The token from the link in the mail.' }) token: string,
    @Ctx() { services }: EmailChangeContext,
  ): Promise<boolean> {
    await services.emailChange.revert(token);
    return true;
  }
}
