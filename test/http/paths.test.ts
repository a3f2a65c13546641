import { METHODS } from 'node:http';
import { startApp, type TestApp } from '../support/app.ts';
import { request, sendBytes } from '../support/raw.ts';

/** Every path and its allowed methods. */
const ADDRESSES: Record<string, string> = {
  '/': 'GET, HEAD',
  '/graphql': 'GET, POST',
  '/graphql/playground/playground.js': 'GET, HEAD',
  '/livez': 'GET, HEAD',
  '/readyz': 'GET, HEAD',
  '/users': 'POST',
  '/sessions': 'POST, DELETE',
  '/profile': 'GET, HEAD',
  '/reset_password': 'POST, PUT',
  '/dev/mailbox': 'GET, HEAD',
  '/account': 'GET, HEAD',
  '/account/sign-in': 'GET, HEAD',
  '/reset-password': 'GET, HEAD',
  '/.well-known/change-password': 'GET, HEAD',
  '/dev/mailbox/ids': 'GET, HEAD',
};

/** Paths that scanners request, and variants of the service's own paths. */
const NOT_HERE = `
  /.git/HEAD /.git/config /.svn/entries /.hg/store /.env /.env.local /.env.production /.npmrc /.dockerenv /.DS_Store
  /.htaccess /.htpasswd /.aws/credentials /.ssh/id_rsa /.vscode/settings.json /.well-known/security.txt
  /package.json /package-lock.json /node_modules/graphql/package.json /src/index.ts /dist/src/server/serve.js /tsconfig.json
  /mikro-orm.config.js /schema/schema.graphql /data/bienvenue.sqlite /bienvenue.sqlite /backup.sql /dump.sql /db.sqlite
  /config.json /docker-compose.yml /Dockerfile /README.md /CHANGELOG.md /robots.txt /favicon.ico /index.html /index.php
  /admin /admin/login /administrator /wp-login.php /wp-admin/ /phpmyadmin/ /phpinfo.php /server-status /actuator
  /actuator/health /actuator/env /metrics /health /healthz /debug /debug/pprof/ /console /_debug /trace /status
  /api /api/graphql /v1/graphql /graphiql /graphql/console /graphql/schema.graphql /altair /voyager /playground /sandbox
  /graphql/ /GRAPHQL /graphql.php /graphql%2f /%67raphql //graphql /./graphql /x/../graphql /graphql;x=1 /graphql\\
  /users/ /users/1 /sessions/1 /Sessions /dev /dev/ /dev/mailbox/ /dev/mailbox/1 /livez/ /login /logout /register
  /cgi-bin/test.cgi /swagger.json /openapi.json /swagger-ui.html /%2e%2e/package.json /..%2fpackage.json
`
  .trim()
  .split(/\s+/);

describe('a path', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it.each(Object.entries(ADDRESSES))(
    'CS-5: %s allows %s and responds 405 to every other method',
    async (path, allowed) => {
      const others = METHODS.filter(method => ![...allowed.split(', '), 'OPTIONS', 'CONNECT'].includes(method));

      for (const method of others) {
        const { status, headers, text } = await request(app.url, { method, path });
        expect([method, status, headers.allow]).toEqual([method, 405, allowed]);
        expect([method, headers['content-type']]).toEqual([method, 'application/json; charset=utf-8']);
        expect(text).not.toMatch(/<|\bat .*:\d+:\d+/);
      }
    },
  );

  it.each(NOT_HERE)('CS-5: %s does not exist', async path => {
    const { status, headers, json } = await request(app.url, { path });

    expect(status).toBe(404);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(json).toEqual({ message: 'There is nothing at this address.' });
  });

  it('CS-5: that does not exist returns a page without scripts or forms to a browser', async () => {
    const { status, headers, text } = await request(app.url, {
      path: '/nothing',
      headers: { accept: 'text/html, */*' },
    });

    expect(status).toBe(404);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'/,
    );
    expect(text).toContain('There is nothing at this address.');
    expect(text).toContain(headers['x-request-id']);
  });

  it.each(METHODS.filter(method => !['CONNECT', 'OPTIONS'].includes(method)))(
    'CS-5: that does not exist returns 404 to %s as to GET',
    async method => {
      expect(await request(app.url, { method, path: '/nothing' })).toMatchObject({ status: 404 });
    },
  );

  it('CS-5: does not echo a TRACE request', async () => {
    const { text } = await request(app.url, { method: 'TRACE', path: '/graphql', headers: { 'x-canary': 'canary' } });

    expect(text).not.toContain('canary');
  });

  it('CS-5: opens no tunnel for CONNECT', async () => {
    const response = await sendBytes(app.url, 'CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n');

    expect(response).not.toMatch(/^HTTP\/1.1 2/);
    expect(response).not.toMatch(/<html|\bat .*:\d+:\d+/i);
  });

  it('CS-5: responds 4xx to an unknown method, without a page or a stack', async () => {
    const response = await sendBytes(app.url, 'STEAL / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');

    expect(response).toMatch(/^HTTP\/1.1 4/);
    expect(response).not.toMatch(/<html|\bat .*:\d+:\d+/i);
  });

  it.each(['http://evil.test/livez', 'HTTP://evil.test:80/livez?x=1'])(
    'is found in the absolute request target %s',
    async path => {
      expect(await request(app.url, { path })).toMatchObject({ status: 200, json: { status: 'ok' } });
    },
  );

  it.each(['x:y', '?', 'http://'])('is not found in the request target %s', async path => {
    const { status } = await request(app.url, { path });

    expect([400, 404]).toContain(status);
  });

  it.each(['/', '/livez', '/readyz', '/dev/mailbox', '/graphql/playground/playground.js', '/nothing'])(
    'responds to HEAD for %s as to GET, without the body',
    async path => {
      const get = await request(app.url, { path });
      const head = await request(app.url, { method: 'HEAD', path });

      expect(head.status).toBe(get.status);
      expect(head.text).toBe('');
      expect(head.headers['content-type']).toBe(get.headers['content-type']);
      expect(head.headers['content-length']).toBe(get.headers['content-length']);
    },
  );
});
