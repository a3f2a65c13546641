import { authParts } from '../../auth/auth-parts.ts';
import type { Feature } from '../../feature.ts';
import { PasswordService } from './password.service.ts';

/** Lets signed-in users change their password and confirm it. */
export const passwordFeature = {
  loadResolvers: async () => [(await import('./password.resolver.ts')).PasswordResolver],
  createService: scope => new PasswordService(authParts(scope)),
} satisfies Feature<PasswordService>;
