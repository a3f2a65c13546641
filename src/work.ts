import { randomUUID } from 'node:crypto';
import type { AppContext } from './auth/request-scope.ts';
import { PROGRAM } from './core/client-info.ts';
import { createServices, type Services } from './features.ts';
import type { Database } from './persistence/database.ts';

/** Calls the services for a program, in one transaction, which is rolled back when the job throws. */
export function work<T>(app: AppContext, database: Database, job: (services: Services) => Promise<T>): Promise<T> {
  const em = database.orm.em.fork({ useContext: true });
  const scope = { app, em, session: null, client: PROGRAM, requestId: randomUUID() };
  return em.transactional(() => job(createServices(scope)));
}
