export { type AuthErrorCode, type AuthErrorInfo, authError, type FieldError } from './auth-error.ts';
export { type AuthClientOptions, createAuthClient, type Transport } from './create-auth-client.ts';
export type { Wait } from './retry-link.ts';
export {
  createServerClient,
  type ServerClient,
  type ServerClientOptions,
  type VisitorRequest,
} from './server-client.ts';
export type { Channel } from './tab-sync.ts';
export type { TokenStorage } from './token-link.ts';
