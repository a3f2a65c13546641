import type { Constructor } from '@mikro-orm/core';
import type { RequestScope } from './auth/request-scope.ts';
import type { Context } from './graphql/context.ts';
import type { MailTemplate } from './mail/mail-template.ts';
import type { CleanupRule } from './persistence/cleanup-job.ts';
import type { PersonalData } from './persistence/personal-data.ts';
import type { NodeRequest } from './request/incoming-request.ts';
import type { Route } from './request/route.ts';

/**
 * A part of the service that users can see, with its tables, operations and mails. A feature registers in `features.ts`
 * and nowhere else; its settings are entries in `options.ts`. `Needs` names the services of other
 * features that it calls.
 */
export interface Feature<Service extends object = object, Needs = unknown> {
  readonly entities?: readonly Constructor[];
  /**
   * Imports the type-graphql resolver classes, which call `context.services.<name>`. A function, so that commands that
   * only use the database do not load GraphQL.
   */
  readonly loadResolvers?: () => Promise<readonly Constructor[]>;
  /** What its tables hold about people. A test fails for a table or column that is missing here. */
  readonly personalData?: readonly PersonalData[];
  readonly mails?: readonly MailTemplate[];
  /** Rows that expire, for the cleanup job. */
  readonly cleanup?: readonly CleanupRule[];
  /** HTTP routes of the stand-alone server, such as callbacks. `contextOf` makes the context of a request. */
  readonly routes?: (contextOf: (source: NodeRequest) => Promise<Context>) => readonly Route[];
  /** Builds the service for one request, when it is first used. */
  createService(scope: RequestScope, services: Needs): Service;
}
