import {
  AdminCreateUserDocument,
  AdminDeleteUserDocument,
  AdminDisableUserDocument,
  AdminEnableUserDocument,
  AdminRevokeSessionsDocument,
  AdminSendPasswordResetDocument,
  AdminSetRolesDocument,
  ChangePasswordDocument,
  ConfirmEmailChangeDocument,
  DeleteAccountDocument,
  ExportMyDataDocument,
  LoginDocument,
  LogoutDocument,
  ReauthenticateDocument,
  RegisterDocument,
  RequestEmailChangeDocument,
  RequestEmailVerificationDocument,
  RequestPasswordResetDocument,
  ResetPasswordDocument,
  RevertEmailChangeDocument,
  RevokeOtherSessionsDocument,
  RevokeSessionDocument,
  UpdateProfileDocument,
  VerifyEmailDocument,
} from '../../../schema/documents.ts';
import { mutationHook } from './mutation-hook.ts';

// The annotations let bundlers leave out the hooks, and their documents, that an app does not use.

/** Creates an account without a password and mails its owner a link to set one. For administrators. */
export const useAdminCreateUser = /* @__PURE__ */ mutationHook(AdminCreateUserDocument);
/** Deletes a user and everything that is theirs. For administrators, after a recent confirmation of the password. */
export const useAdminDeleteUser = /* @__PURE__ */ mutationHook(AdminDeleteUserDocument);
/** Refuses sign-ins of a user and ends all their sessions and links. For administrators. */
export const useAdminDisableUser = /* @__PURE__ */ mutationHook(AdminDisableUserDocument);
/** Permits sign-ins of a disabled user again. For administrators. */
export const useAdminEnableUser = /* @__PURE__ */ mutationHook(AdminEnableUserDocument);
/** Ends all sessions of a user; `data` is their number. For administrators. */
export const useAdminRevokeSessions = /* @__PURE__ */ mutationHook(AdminRevokeSessionsDocument);
/** Mails a user a link to set a new password. For administrators. */
export const useAdminSendPasswordReset = /* @__PURE__ */ mutationHook(AdminSendPasswordResetDocument);
/** Replaces a user's roles. For administrators. */
export const useAdminSetRoles = /* @__PURE__ */ mutationHook(AdminSetRolesDocument);
/** Changes the password, ends all other sessions and renews this one. */
export const useChangePassword = /* @__PURE__ */ mutationHook(ChangePasswordDocument);
/** Changes the address with the token from the mail to the new one. Needs no session. */
export const useConfirmEmailChange = /* @__PURE__ */ mutationHook(ConfirmEmailChangeDocument);
/** Deletes the account and signs out. Needs a recent confirmation of the password. */
export const useDeleteAccount = /* @__PURE__ */ mutationHook(DeleteAccountDocument);
/** Returns everything stored about the user. Needs a recent confirmation of the password. */
export const useExportMyData = /* @__PURE__ */ mutationHook(ExportMyDataDocument);
/** Signs in. `data.__typename` is `SignedIn`, or `EmailConfirmationRequired` while the address has to be verified. */
export const useLogin = /* @__PURE__ */ mutationHook(LoginDocument);
/** Ends the session. */
export const useLogout = /* @__PURE__ */ mutationHook(LogoutDocument);
/** Confirms the password, for operations that otherwise fail with `RECENT_AUTH_REQUIRED`. */
export const useReauthenticate = /* @__PURE__ */ mutationHook(ReauthenticateDocument);
/** Creates an account and signs in, unless `data.__typename` is `EmailConfirmationRequired`. */
export const useRegister = /* @__PURE__ */ mutationHook(RegisterDocument);
/** Mails a link to the new address, which takes effect when the link is used. */
export const useRequestEmailChange = /* @__PURE__ */ mutationHook(RequestEmailChangeDocument);
/** Mails another verification link to the signed-in user. */
export const useRequestEmailVerification = /* @__PURE__ */ mutationHook(RequestEmailVerificationDocument);
/** Mails a link to set a new password, if the address has an account. `data` is true either way. */
export const useRequestPasswordReset = /* @__PURE__ */ mutationHook(RequestPasswordResetDocument);
/** Sets a new password with the token from the mail and ends all sessions. Does not sign in. */
export const useResetPassword = /* @__PURE__ */ mutationHook(ResetPasswordDocument);
/** Undoes a change of address with the token from the mail to the old one. Ends all sessions. */
export const useRevertEmailChange = /* @__PURE__ */ mutationHook(RevertEmailChangeDocument);
/** Ends all sessions but this one; `data` is their number. */
export const useRevokeOtherSessions = /* @__PURE__ */ mutationHook(RevokeOtherSessionsDocument);
/** Ends one of the user's sessions. */
export const useRevokeSession = /* @__PURE__ */ mutationHook(RevokeSessionDocument);
/** Changes name and language. Null leaves a value as it is. */
export const useUpdateProfile = /* @__PURE__ */ mutationHook(UpdateProfileDocument);
/** Verifies the address with the token from the mail. Needs no session. */
export const useVerifyEmail = /* @__PURE__ */ mutationHook(VerifyEmailDocument);
