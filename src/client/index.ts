export { type AuthErrorCode, type AuthErrorInfo, authError, type FieldError } from './auth-error.ts';
export { type AuthClientOptions, createAuthClient, type TokenStorage, type Transport } from './create-auth-client.ts';
