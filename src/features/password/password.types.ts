import { ArgsType, Field } from '../../graphql/decorators.ts';

@ArgsType()
export class ChangePasswordArgs {
  @Field(() => String, { description: 'The password that the account has now.' })
  currentPassword!: string;

  @Field(() => String, { description: 'The new password; the rules of `register` apply.' })
  newPassword!: string;
}
