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

/** The signed-in user; null for a visitor. */
export const useProfile = /* @__PURE__ */ queryHook(ProfileDocument, 'cache-first');
/** The session of this client; null for a visitor. */
export const useSession = /* @__PURE__ */ queryHook(SessionDocument, 'cache-first');
/** The user's active sessions, most recently used first. */
export const useSessions = /* @__PURE__ */ queryHook(SessionsDocument);
/** What happened to the user's account, newest first. */
export const useAccountEvents = /* @__PURE__ */ listHook(AccountEventsDocument);
/** Users, newest first, as far as all filters apply. For administrators. */
export const useAdminUsers = /* @__PURE__ */ listHook(AdminUsersDocument);
/** One user with their active sessions; null for an unknown id. For administrators. */
export const useAdminUser = /* @__PURE__ */ queryHook(AdminUserDocument);
/** Events of all accounts, newest first. For administrators. */
export const useAdminEvents = /* @__PURE__ */ listHook(AdminEventsDocument);
