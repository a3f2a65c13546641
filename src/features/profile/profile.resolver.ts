import { User } from '../../auth/auth.types.ts';
import type { Context } from '../../graphql/context.ts';
import { Args, Authorized, Ctx, Mutation, Resolver } from '../../graphql/decorators.ts';
import type { ProfileService } from './profile.service.ts';
import { UpdateProfileArgs } from './profile.types.ts';

type ProfileContext = Context<{ profile: ProfileService }>;

@Resolver()
export class ProfileResolver {
  @Authorized()
  @Mutation(() => User, {
    description:
      "Changes the signed-in user's name and language. Null leaves a value as it is; an empty name removes it. " +
      'Errors: UNAUTHENTICATED, BAD_USER_INPUT.',
  })
  async updateProfile(
    @Args(() => UpdateProfileArgs) { name, locale }: UpdateProfileArgs,
    @Ctx() { services }: ProfileContext,
  ): Promise<User> {
    return User.of(await services.profile.update({ name, locale }));
  }
}
