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

  describe('on the way to the session of a request', () => {
    it('is asked for columns that the entities have', async () => {
      const { orm, close } = await openDatabase(app.options);
      const query = sessionQuery(orm.getMetadata());
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
    ])('runs exactly one statement for %s of somebody who is signed in', async (field, query) => {
      let answer: unknown;
      const statements = await statementsDuring(async () => {
        answer = await signedIn.send(query);
      });

      expect(answer).toMatchObject({ data: { [field]: { id: expect.any(String) } } });
      expect(statements).toEqual([expect.stringMatching(/^\s*select s\.token_hash, .* where s\.token_hash = \?$/s)]);
    });

    it.each([
      ['without a cookie', {}],
      ['with a cookie that cannot be one of ours', { session_id: 'not-a-token' }],
    ])('is left alone for a visitor %s', async (_, cookies) => {
      let answer: unknown;
      const statements = await statementsDuring(async () => {
        answer = await app.browser({ cookies }).send(PROFILE);
      });

      expect(answer).toMatchObject({ data: { profile: null } });
      expect(statements).toEqual([]);
    });

    it('counts the statements of every handle, reading and writing', async () => {
      const statements = await statementsDuring(() => app.browser().send(LOGIN, { ...ada }));

      expect(statements.join('\n')).toMatch(
        /insert (ignore )?into limits\b.*(begin|start transaction).*insert into .sessions\W.*commit/s,
      );
    });
  });
});
