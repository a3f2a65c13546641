import { join } from 'node:path';
import { openDatabase } from '../../src/database.ts';
import { optionsFromEnvironment } from '../../src/options/environment.ts';
import { OwnMariadb } from './support/own-servers/own-mariadb.ts';
import { OwnPostgresql } from './support/own-servers/own-postgresql.ts';

const NAME = 'localhost';
const certificate = (name: string) => [
  ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${NAME}`],
  ...['-addext', `subjectAltName=DNS:${NAME}`, '-keyout', `${name}.key`, '-out', `${name}.pem`],
];

class TlsMariadb extends OwnMariadb {
  protected override async prepare(): Promise<void> {
    for (const name of ['server', 'other']) await this.run('openssl', certificate(name));
    await super.prepare();
  }

  protected override command(): [string, string[]] {
    const [program, options] = super.command();
    const tls = ['cert=server.pem', 'key=server.key'].map(pair => pair.replace('=', `=${this.folder}/`));
    return [program, [...options, ...tls.map(option => `--ssl-${option}`)]];
  }
}

/** MariaDB 11.4 and later generate a certificate by default. */
class PlainMariadb extends OwnMariadb {
  protected override command(): [string, string[]] {
    const [program, options] = super.command();
    return [program, [...options, '--skip-ssl']];
  }
}

class TlsPostgresql extends OwnPostgresql {
  protected override async prepare(): Promise<void> {
    for (const name of ['server', 'other']) await this.run('openssl', certificate(name));
    await super.prepare();
  }

  protected override command(): [string, string[]] {
    const [program, options] = super.command();
    const files = [`ssl_cert_file=${this.folder}/server.pem`, `ssl_key_file=${this.folder}/server.key`];
    return [program, [...options, ...['ssl=on', ...files].flatMap(setting => ['-c', setting])]];
  }
}

const CIPHER = {
  MariaDB: "select variable_value as cipher from information_schema.session_status where variable_name = 'Ssl_cipher'",
  PostgreSQL: 'select cipher from pg_stat_ssl where pid = pg_backend_pid()',
};

describe.each([
  ['MariaDB', TlsMariadb, PlainMariadb],
  ['PostgreSQL', TlsPostgresql, OwnPostgresql],
] as const)('a connection to %s', (engine, WithTls, WithoutTls) => {
  const withTls = new WithTls();
  const withoutTls = new WithoutTls();
  beforeAll(async () => {
    // Sequential, so that the second one copies the data files of the first.
    await withTls.open();
    await withoutTls.open();
  });
  afterAll(async () => {
    await Promise.all([withTls.close(), withoutTls.close()]);
  });

  /** The cipher of a connection; empty in clear text. */
  async function cipher(url: string, query: string, host = '127.0.0.1'): Promise<string> {
    const address = `${url.replace('127.0.0.1', host)}${query}`;
    const database = await openDatabase(optionsFromEnvironment({ DATABASE_URL: address }));
    const row = await database.prepareRead<{ cipher: string | null }>(CIPHER[engine])();
    await database.close();
    return row?.cipher ?? '';
  }
  const file = (name: string) => encodeURIComponent(join(withTls.folder, `${name}.pem`));

  it('is encrypted when the URL requires it, with each accepted parameter', async () => {
    for (const query of ['?ssl-mode=REQUIRED', '?sslmode=require', '?ssl={"rejectUnauthorized":false}'])
      expect(await cipher(withTls.url, query)).not.toBe('');
    expect(await cipher(withTls.url, '?sslmode=disable')).toBe('');
  });

  it('verifies the certificate, and with verify-full also the host name', async () => {
    const trusted = `sslrootcert=${file('server')}`;

    expect(await cipher(withTls.url, `?sslmode=verify-ca&${trusted}`)).not.toBe('');
    expect(await cipher(withTls.url, `?sslmode=verify-full&${trusted}`, NAME)).not.toBe('');
    await expect(cipher(withTls.url, `?sslmode=verify-full&${trusted}`)).rejects.toThrow(
      /ERR_TLS_CERT_ALTNAME_INVALID|needs a host name/,
    );
    await expect(cipher(withTls.url, `?sslmode=verify-ca&sslrootcert=${file('other')}`)).rejects.toThrow(/CERT|SSL/);
    await expect(cipher(withTls.url, '?sslmode=verify-full', NAME)).rejects.toThrow(/CERT|SSL/);
  });

  it.each(['require', 'verify-full'])('never falls back to clear text with sslmode=%s', async mode => {
    await expect(cipher(withoutTls.url, `?sslmode=${mode}`, NAME)).rejects.toThrow(
      /^DATABASE_URL: the database cannot be opened \(.*SSL/,
    );
  });

  it('is refused when a parameter would be ignored by the client library', async () => {
    await expect(cipher(withTls.url, '?useSSL=true')).rejects.toThrow('DATABASE_URL: useSSL in the URL: use sslmode=');
  });
});
