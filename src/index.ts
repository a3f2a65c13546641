export {
  type EmailConfirmationRequired,
  isSignedIn,
  type SignedIn,
  type SignInResult,
} from './auth/account-access.ts';
export type { NewAccount, Registration } from './auth/account-creation.ts';
export type { Credentials, PasswordReset } from './auth/auth.service.ts';
export { BcryptHasher, type Hasher } from './auth/hasher.ts';
export type { ActiveSession, PublicSession, PublicUser } from './auth/projection.ts';
export { requireRecentSession, requireRole, requireSession } from './auth/require-session.ts';
export { ADMIN } from './auth/roles.ts';
export { type Clock, systemClock } from './core/clock.ts';
export { AuthError, type ErrorCode, type ErrorDetails, type InputIssue, type InputRule } from './core/errors.ts';
export type { Log, LogFields } from './core/log.ts';
export { type Auth, createAuth, type Dependencies } from './create-auth.ts';
export type { Services } from './features.ts';
export { authChecker } from './graphql/auth-checker.ts';
export { type Context, signedIn } from './graphql/context.ts';
export { type DevMail, DevMailbox } from './mail/dev-mailbox.ts';
export type { Mail, Mailer } from './mail/mailer.ts';
export { SmtpMailer } from './mail/smtp-mailer.ts';
export { ConfigError } from './options/define.ts';
export { type Environment, optionsFromEnvironment } from './options/environment.ts';
export { type AuthOptions, type Options, resolveOptions } from './options.ts';
export { PendingMigrationsError } from './persistence/migrations.ts';
export type { ContextSource, FetchRequest, NodeRequest } from './request/incoming-request.ts';
