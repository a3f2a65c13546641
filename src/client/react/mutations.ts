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

export const useAdminCreateUser = /* @__PURE__ */ mutationHook(AdminCreateUserDocument);
export const useAdminDeleteUser = /* @__PURE__ */ mutationHook(AdminDeleteUserDocument);
export const useAdminDisableUser = /* @__PURE__ */ mutationHook(AdminDisableUserDocument);
export const useAdminEnableUser = /* @__PURE__ */ mutationHook(AdminEnableUserDocument);
export const useAdminRevokeSessions = /* @__PURE__ */ mutationHook(AdminRevokeSessionsDocument);
export const useAdminSendPasswordReset = /* @__PURE__ */ mutationHook(AdminSendPasswordResetDocument);
export const useAdminSetRoles = /* @__PURE__ */ mutationHook(AdminSetRolesDocument);
export const useChangePassword = /* @__PURE__ */ mutationHook(ChangePasswordDocument);
export const useConfirmEmailChange = /* @__PURE__ */ mutationHook(ConfirmEmailChangeDocument);
export const useDeleteAccount = /* @__PURE__ */ mutationHook(DeleteAccountDocument);
export const useExportMyData = /* @__PURE__ */ mutationHook(ExportMyDataDocument);
export const useLogin = /* @__PURE__ */ mutationHook(LoginDocument);
export const useLogout = /* @__PURE__ */ mutationHook(LogoutDocument);
export const useReauthenticate = /* @__PURE__ */ mutationHook(ReauthenticateDocument);
export const useRegister = /* @__PURE__ */ mutationHook(RegisterDocument);
export const useRequestEmailChange = /* @__PURE__ */ mutationHook(RequestEmailChangeDocument);
export const useRequestEmailVerification = /* @__PURE__ */ mutationHook(RequestEmailVerificationDocument);
export const useRequestPasswordReset = /* @__PURE__ */ mutationHook(RequestPasswordResetDocument);
export const useResetPassword = /* @__PURE__ */ mutationHook(ResetPasswordDocument);
export const useRevertEmailChange = /* @__PURE__ */ mutationHook(RevertEmailChangeDocument);
export const useRevokeOtherSessions = /* @__PURE__ */ mutationHook(RevokeOtherSessionsDocument);
export const useRevokeSession = /* @__PURE__ */ mutationHook(RevokeSessionDocument);
export const useUpdateProfile = /* @__PURE__ */ mutationHook(UpdateProfileDocument);
export const useVerifyEmail = /* @__PURE__ */ mutationHook(VerifyEmailDocument);
