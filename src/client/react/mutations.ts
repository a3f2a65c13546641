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

export const useAdminCreateUser = mutationHook(AdminCreateUserDocument);
export const useAdminDeleteUser = mutationHook(AdminDeleteUserDocument);
export const useAdminDisableUser = mutationHook(AdminDisableUserDocument);
export const useAdminEnableUser = mutationHook(AdminEnableUserDocument);
export const useAdminRevokeSessions = mutationHook(AdminRevokeSessionsDocument);
export const useAdminSendPasswordReset = mutationHook(AdminSendPasswordResetDocument);
export const useAdminSetRoles = mutationHook(AdminSetRolesDocument);
export const useChangePassword = mutationHook(ChangePasswordDocument);
export const useConfirmEmailChange = mutationHook(ConfirmEmailChangeDocument);
export const useDeleteAccount = mutationHook(DeleteAccountDocument);
export const useExportMyData = mutationHook(ExportMyDataDocument);
export const useLogin = mutationHook(LoginDocument);
export const useLogout = mutationHook(LogoutDocument);
export const useReauthenticate = mutationHook(ReauthenticateDocument);
export const useRegister = mutationHook(RegisterDocument);
export const useRequestEmailChange = mutationHook(RequestEmailChangeDocument);
export const useRequestEmailVerification = mutationHook(RequestEmailVerificationDocument);
export const useRequestPasswordReset = mutationHook(RequestPasswordResetDocument);
export const useResetPassword = mutationHook(ResetPasswordDocument);
export const useRevertEmailChange = mutationHook(RevertEmailChangeDocument);
export const useRevokeOtherSessions = mutationHook(RevokeOtherSessionsDocument);
export const useRevokeSession = mutationHook(RevokeSessionDocument);
export const useUpdateProfile = mutationHook(UpdateProfileDocument);
export const useVerifyEmail = mutationHook(VerifyEmailDocument);
