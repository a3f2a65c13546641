import type { EntityClass } from '@mikro-orm/core';
import { Session } from '../src/auth/session.entity.ts';
import { sessionQuery } from '../src/auth/session-query.ts';
import { User } from '../src/auth/user.entity.ts';
import { openDatabase } from '../src/database.ts';
import { ada, LOGIN, PROFILE, SESSION, startApp, type TestApp } from './support/app.ts';
import type { Browser } from './support/browser.ts';
import { statementsDuring } from './support/databases/statements.ts';

describe('the database', () => {
  let app: TestApp;
  let signedIn: Browser;
  beforeAll(async () => {
    app = await startApp();
    signedIn = await app.register(ada);
  });
  afterAll(() => app.close());

  describe('for the session of a request', () => {
    it('reads columns that the entities have', async () => {
      const database = await openDatabase(app.options);
      const { orm, close } = database;
      const query = sessionQuery(database);
      const columnsOf = (entity: EntityClass<object>) =>
        Object.values(orm.getMetadata(entity).props).flatMap(({ fieldNames }) => fieldNames);
      const named = (alias: string) =>
        [...query.matchAll(new RegExp(`\\b${alias}\\.(\\w+)`, 'g'))].map(([, name]) => name);

      expect(named('s').length).toBeGreaterThan(7);
      expect(named('u').length).toBeGreaterThan(5);
      expect(columnsOf(Session)).toEqual(expect.arrayContaining(named('s')));
      expect(columnsOf(User)).toEqual(expect.arrayContaining(named('u')));
      await close();
    });

    it.each([
      ['profile', PROFILE],
      ['session', SESSION],
    ])('runs exactly one statement for %s of a user with a session', async (field, query) => {
      let response: unknown;
      const statements = await statementsDuring(async () => {
        response = await signedIn.send(query);
      });

      expect(response).toMatchObject({ data: { [field]: { id: expect.any(String) } } });
      expect(statements).toEqual([expect.stringMatching(/^\s*select s\.token_hash, .* where s\.token_hash = \?$/s)]);
    });

    it.each([
      ['without a cookie', {}],
      ['with a malformed cookie', { session_id: 'not-a-token' }],
    ])('runs no statement for a visitor %s', async (_, cookies) => {
      let response: unknown;
      const statements = await statementsDuring(async () => {
        response = await app.browser({ cookies }).send(PROFILE);
      });

      expect(response).toMatchObject({ data: { profile: null } });
      expect(statements).toEqual([]);
    });

    it('runs the statements of a login on both handles, which the tests observe', async () => {
      const statements = await statementsDuring(() => app.browser().send(LOGIN, { ...ada }));

      expect(statements.join('\n')).toMatch(
        /insert (ignore )?into limits\b.*(begin|start transaction).*insert into .sessions\W.*commit/s,
      );
    });
  });
});
