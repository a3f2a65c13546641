import { connectionUrlIssue, parseConnectionUrl } from '../../src/persistence/connection-url.ts';
import { tlsOptions } from '../../src/persistence/tls.ts';

const MYSQL = 'mysql://me:pa%2Fss@db.example.org:3307/accounts';
const POSTGRESQL = 'postgresql://me:pa%2Fss@[2001:db8::7]/accounts';

describe('a connection URL', () => {
  it('names host, port, user, password and database', () => {
    expect(parseConnectionUrl(MYSQL)).toEqual({
      kind: 'mysql',
      host: 'db.example.org',
      port: 3307,
      user: 'me',
      password: 'pa/ss',
      database: 'accounts',
    });
    expect(parseConnectionUrl(POSTGRESQL)).toMatchObject({ kind: 'postgresql', host: '2001:db8::7' });
    expect(parseConnectionUrl('mariadb://db/accounts')).toMatchObject({ kind: 'mysql' });
  });

  it('can name a Unix socket', () => {
    expect(parseConnectionUrl('postgres://me@localhost/accounts?host=/run/postgresql').socket).toBe('/run/postgresql');
    expect(parseConnectionUrl('mysql://me@localhost/accounts?socketPath=/run/mysqld.sock').socket).toBe(
      '/run/mysqld.sock',
    );
  });

  it.each([
    ['ssl-mode=REQUIRED', 'require'],
    ['sslmode=require', 'require'],
    ['ssl_mode=REQUIRED', 'require'],
    ['sslMode=VERIFY_CA', 'verify-ca'],
    ['ssl-mode=VERIFY_IDENTITY', 'verify-full'],
    ['sslmode=verify-full', 'verify-full'],
    ['sslmode=require&sslrootcert=/ca.pem', 'verify-ca'],
    ['sslrootcert=/ca.pem', 'verify-full'],
    ['ssl-ca=/ca.pem', 'verify-full'],
    ['ssl=true', 'verify-full'],
    ['ssl={}', 'verify-ca'],
    ['ssl={"rejectUnauthorized":true}', 'verify-ca'],
    ['ssl={"rejectUnauthorized":false}', 'require'],
    ['ssl={"verifyIdentity":true}', 'verify-full'],
    ['sslmode=disable', 'disable'],
    ['ssl=false', 'disable'],
  ])('with %s is used with TLS mode %s on both engines', (query, mode) => {
    for (const url of [MYSQL, POSTGRESQL]) {
      expect(connectionUrlIssue(`${url}?${query}`)).toBeUndefined();
      expect(parseConnectionUrl(`${url}?${query}`).tls?.mode).toBe(mode);
    }
  });

  it.each([
    ['sslmode=require', false],
    ['sslmode=verify-ca', true],
    ['sslmode=verify-full', true],
  ])('with %s has the certificate checked: %s', (query, rejectUnauthorized) => {
    expect(tlsOptions(parseConnectionUrl(`${MYSQL}?${query}`))).toMatchObject({ rejectUnauthorized });
  });

  it('leaves TLS to the client library when it does not mention it', () => {
    expect(tlsOptions(parseConnectionUrl(MYSQL))).toBeUndefined();
    expect(tlsOptions(parseConnectionUrl(`${MYSQL}?sslmode=disable`))).toBe(false);
  });

  it('with an IP address is refused for verify-full on MySQL, whose client library cannot check it', () => {
    expect(connectionUrlIssue('mysql://me@127.0.0.1/accounts?sslmode=verify-full')).toBe(
      'sslmode in the URL: verify-full needs a host name, not an IP address.',
    );
  });

  it.each([
    ['sslmode=prefer', 'sslmode in the URL: falls back to clear text; use sslmode=require, verify-ca or verify-full'],
    ['ssl-mode=PREFERRED', 'sslmode in the URL: falls back to clear text'],
    ['sslmode=on', 'sslmode in the URL: use disable, require, verify-ca or verify-full'],
    ['sslmode=', 'sslmode in the URL: has no value'],
    ['ssl-mode=REQUIRED&sslmode=disable', 'sslmode in the URL: given twice; keep one'],
    ['sslmode=disable&sslrootcert=/ca.pem', 'sslmode in the URL: disable contradicts the certificate files'],
    ['ssl=true&sslmode=require', 'ssl in the URL: remove it; sslmode is given too'],
    ['ssl=maybe', 'ssl in the URL: use sslmode='],
    ['ssl={"ca":"x"}', 'ssl in the URL: use sslmode='],
    ['sslcert=/client.pem', 'sslcert in the URL: sslcert and sslkey go together'],
    ['useSSL=true', 'useSSL in the URL: use sslmode='],
    ['sslaccept=strict', 'sslaccept in the URL: use sslmode='],
    ['schema=public', 'schema in the URL: remove it, and give the service a database of its own'],
    ['connection_limit=5', 'connection_limit in the URL: remove it, and set BIENVENUE_DATABASE_POOL'],
    ['pool_timeout=5', 'pool_timeout in the URL: remove it; the service sets it itself'],
    ['pgbouncer=true', 'pgbouncer in the URL: remove it, and connect to PostgreSQL directly'],
    ['channel_binding=require', 'channel_binding in the URL: remove it, and use sslmode=verify-full'],
    ['canary=1', 'canary in the URL: this parameter is not supported; remove it.'],
    ['pa ss@word!=1', 'a parameter in the URL: this parameter is not supported; remove it.'],
  ])('with %s is refused: %s', (query, sentence) => {
    for (const url of [MYSQL, POSTGRESQL]) expect(connectionUrlIssue(`${url}?${query}`)).toContain(sentence);
  });

  it.each(['mysql://me:50%@db/accounts', 'mysql://me@db/50%'])('with a raw % is refused: %s', url => {
    expect(connectionUrlIssue(url)).toBe('a % in user, password or database has to be written as %25.');
  });

  it('with a raw # is refused', () => {
    expect(connectionUrlIssue('mysql://me@db/accounts#canary')).toBe('a # has to be written as %23.');
  });

  it.each(['postgresql://me@host', 'mysql:///accounts', 'mysql://host/a/b', 'oracle://host/accounts', 'canary'])(
    'in another form is refused: %s',
    url => {
      expect(connectionUrlIssue(url)).toMatch(/^use sqlite:PATH, postgresql:/);
    },
  );

  it('is refused when a certificate file cannot be read', () => {
    const target = parseConnectionUrl(`${MYSQL}?sslrootcert=/nowhere/ca.pem`);

    expect(() => tlsOptions(target)).toThrow(
      'DATABASE_URL: the file /nowhere/ca.pem cannot be read (ENOENT); check its path and permissions.',
    );
  });
});
