import { ArgsType, Field } from '../../graphql/decorators.ts';

@ArgsType()
export class UpdateProfileArgs {
  @Field(() => String, { nullable: true, description: 'Display name; at most 200 characters, empty to remove it.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'BCP 47 tag of the language that mails are written in.' })
  locale?: string | null;
}
