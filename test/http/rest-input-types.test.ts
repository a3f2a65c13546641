import { ada, startApp, type TestApp } from '../support/app.ts';
import { EVERY_ROUTE, type Route, rightText } from '../support/every-operation.ts';
import { NOT_TEXT } from '../support/hostile-values.ts';
import { request } from '../support/raw.ts';

const everyField = EVERY_ROUTE.flatMap(route =>
  route.fields.map(field => [`${route.method} ${route.path}`, field, route] as const),
);

describe('a field of a REST route', () => {
  let app: TestApp;
  let before: unknown[];
  beforeAll(async () => {
    app = await startApp();
    await app.register(ada);
    before = await app.dump();
  });
  afterAll(() => app.close());

  const send = ({ method, path, fields }: Route, type: string, body: (right: Record<string, string>) => string) =>
    request(app.url, {
      method,
      path,
      headers: { 'content-type': type },
      body: body(Object.fromEntries(fields.map(name => [name, rightText(name)]))),
    });

  it.each(everyField)(
    'IN-1: is refused before execution when it is not a string: %s, %s in JSON',
    async (_route, name, route) => {
      for (const value of [null, ...NOT_TEXT]) {
        const response = await send(route, 'application/json', right => JSON.stringify({ ...right, [name]: value }));

        expect([value, response.status, response.json]).toEqual([value, 400, { message: `${name} missing` }]);
      }
      expect(await app.dump()).toEqual(before);
    },
  );

  it.each(['constructor', '__proto__', 'text/plain'])('IN-1: is not read from a body of type %s', async type => {
    const { status, json } = await request(app.url, {
      method: 'POST',
      path: '/sessions',
      headers: { 'content-type': type },
      body: 'email=x&password=y',
    });

    expect([status, json]).toEqual([415, { message: 'Send a form, or JSON.' }]);
  });

  it.each(everyField)('IN-1: is not parsed from brackets: %s, %s in a form', async (_route, name, route) => {
    for (const written of [`${name}[$ne]=`, `${name}[]=x`, `${name}.x=y`, `x=${name}`]) {
      const response = await send(route, 'application/x-www-form-urlencoded', right => {
        const { [name]: _, ...others } = right;
        return `${new URLSearchParams(others)}&${written}`;
      });

      expect([written, response.status, response.json]).toEqual([written, 400, { message: `${name} missing` }]);
    }
    expect(await app.dump()).toEqual(before);
  });

  it.each(everyField)('IN-5: is refused when it is duplicated: %s, %s in a form', async (_route, name, route) => {
    const response = await send(
      route,
      'application/x-www-form-urlencoded',
      right => `${new URLSearchParams(right)}&${name}=again`,
    );

    expect([response.status, response.json]).toEqual([400, { message: `${name} given twice` }]);
    expect(await app.dump()).toEqual(before);
  });

  it.each(['[]', '"x"', '5', 'null', '[{"email":"a@b.org","password":"x"}]'])('IN-1: is missing in %s', async body => {
    for (const route of EVERY_ROUTE.filter(({ fields }) => fields.length > 0)) {
      expect(await send(route, 'application/json', () => body)).toMatchObject({
        status: 400,
        json: { message: `${route.fields[0]} missing` },
      });
    }
  });

  it('IN-1: is not inherited', async () => {
    const inherited = JSON.stringify(ada);
    const response = await request(app.url, {
      method: 'POST',
      path: '/sessions',
      headers: { 'content-type': 'application/json' },
      body: `{"__proto__":${inherited},"constructor":{"prototype":${inherited}}}`,
    });

    expect(response).toMatchObject({ status: 400, json: { message: 'email missing' } });
  });
});
