import { authFeature } from './auth/auth.feature.ts';
import type { RequestScope } from './auth/request-scope.ts';
import type { Feature } from './feature.ts';
import { accountDeletionFeature } from './features/account-deletion/account-deletion.feature.ts';
import { accountEventsFeature } from './features/account-events/account-events.feature.ts';
import { adminFeature } from './features/admin/admin.feature.ts';
import { dataExportFeature } from './features/data-export/data-export.feature.ts';
import { emailChangeFeature } from './features/email-change/email-change.feature.ts';
import { emailVerificationFeature } from './features/email-verification/email-verification.feature.ts';
import { passwordFeature } from './features/password/password.feature.ts';
import { profileFeature } from './features/profile/profile.feature.ts';
import { sessionsFeature } from './features/sessions/sessions.feature.ts';

/**
 * Every feature, under the name of its service. Schema, tables, mails, cleanup and services are derived from this list.
 */
export const features = {
  auth: authFeature,
  accountDeletion: accountDeletionFeature,
  accountEvents: accountEventsFeature,
  dataExport: dataExportFeature,
  emailChange: emailChangeFeature,
  emailVerification: emailVerificationFeature,
  password: passwordFeature,
  profile: profileFeature,
  admin: adminFeature,
  sessions: sessionsFeature,
};

/** What `context.services` and `auth.work()` offer: one service per feature. */
export type Services = {
  readonly [Name in keyof typeof features]: ReturnType<(typeof features)[Name]['createService']>;
};

class LazyServices {
  constructor(readonly scope: RequestScope) {}
}

for (const [name, feature] of Object.entries<Feature>(features)) {
  Object.defineProperty(LazyServices.prototype, name, {
    get(this: LazyServices) {
      const service = feature.createService(this.scope, this);
      Object.defineProperty(this, name, { value: service });
      return service;
    },
  });
}

/** The services of one request; each is built when first used. */
export const createServices = (scope: RequestScope): Services => new LazyServices(scope) as unknown as Services;
