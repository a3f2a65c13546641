import type { User } from 'bienvenue-auth/documents';
import { useProfile } from 'bienvenue-auth/react';

/** The signed-in user. Null only in the moment in which the session ends, before the guard leads away. */
export const useOwnProfile = (): User | null => useProfile().data ?? null;
