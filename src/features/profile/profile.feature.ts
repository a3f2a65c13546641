import { authParts } from '../../auth/auth-parts.ts';
import type { Feature } from '../../feature.ts';
import { ProfileService } from './profile.service.ts';

/** Lets users change what their account shows of them. */
export const profileFeature = {
  loadResolvers: async () => [(await import('./profile.resolver.ts')).ProfileResolver],
  createService: scope => new ProfileService(authParts(scope)),
} satisfies Feature<ProfileService>;
