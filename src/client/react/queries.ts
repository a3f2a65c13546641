import {
  AccountEventsDocument,
  AdminEventsDocument,
  AdminUserDocument,
  AdminUsersDocument,
  ProfileDocument,
  SessionDocument,
  SessionsDocument,
} from '../../../schema/documents.ts';
import { listHook, queryHook } from './query-hook.ts';

export const useProfile = queryHook(ProfileDocument, 'cache-first');
export const useSession = queryHook(SessionDocument, 'cache-first');
export const useSessions = queryHook(SessionsDocument);
export const useAccountEvents = listHook(AccountEventsDocument);
export const useAdminUsers = listHook(AdminUsersDocument);
export const useAdminUser = queryHook(AdminUserDocument);
export const useAdminEvents = listHook(AdminEventsDocument);
