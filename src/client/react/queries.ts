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

// The annotations let bundlers leave out the hooks, and their documents, that an app does not use.

export const useProfile = /* @__PURE__ */ queryHook(ProfileDocument, 'cache-first');
export const useSession = /* @__PURE__ */ queryHook(SessionDocument, 'cache-first');
export const useSessions = /* @__PURE__ */ queryHook(SessionsDocument);
export const useAccountEvents = /* @__PURE__ */ listHook(AccountEventsDocument);
export const useAdminUsers = /* @__PURE__ */ listHook(AdminUsersDocument);
export const useAdminUser = /* @__PURE__ */ queryHook(AdminUserDocument);
export const useAdminEvents = /* @__PURE__ */ listHook(AdminEventsDocument);
