import { resolveOptions } from '../../src/options.ts';
import { issuesOf, PUBLIC } from '../support/settings.ts';

describe('a misspelt setting', () => {
  it.each([
    ['ALLOWED_ORIGINS', 'BIENVENUE_ALLOWED_ORIGINS'],
    ['BCRYPT_COST', 'BIENVENUE_BCRYPT_COST'],
    ['PASSWORD_PEPPER_FILE', 'BIENVENUE_PASSWORD_PEPPER'],
    ['BIENVENUE_PASSWORD_PEPER', 'BIENVENUE_PASSWORD_PEPPER'],
    ['BIENVENU_REST', 'BIENVENUE_REST'],
    ['MAIL_FORM', 'MAIL_FROM'],
    ['SMPT_URL', 'SMTP_URL'],
    ['SMTP_URI', 'SMTP_URL'],
    ['SMPT_URL_FILE', 'SMTP_URL'],
    ['REDIS_ULR', 'REDIS_URL'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['PUBLIC_URLS', 'PUBLIC_URL'],
    ['LOGLEVEL', 'LOG_LEVEL'],
  ])('OP-1: %s is refused with the suggestion %s', (name, meant) => {
    expect(issuesOf({ [name]: 'canary' })).toEqual([`${name}: there is no such setting; use ${meant}, or remove it.`]);
  });

  it('is ignored when the setting that it resembles is set as well: it belongs to another program', () => {
    expect(issuesOf({ ...PUBLIC, SMTP_URI: 'x', MAIL_FORM: 'x' })).toEqual([]);
  });

  it.each(
    `API_URL APP_ENV APP_ID APP_KEY APP_NAME APP_PORT APP_URI BASE_URL COLORTERM DATABASE_HOST DATABASE_NAME DATABASE_PASSWORD
     DATABASE_URL_TEST DB_HOST DB_URL DEBUG FORCE_COLOR HOME HOSTNAME HTTP_PROXY KUBERNETES_PORT LANG LOGNAME MAIL MAIL_HOST
     MAIL_PORT MAIL_TO MIGRATE MONGO_URL MYSQL_HOST NODE_ENV NO_COLOR PATH PGDATABASE PGHOST PGPASSWORD PGUSER PORTS POSTGRES_DB
     POSTGRES_HOST POSTGRES_PASSWORD PUBLIC_DIR PUBLIC_KEY PWD REDIS_DB REDIS_HOST REDIS_PORT REDIS_TLS_URL REST SECRET_KEY
     SENTRY_DSN SHELL SITE_URL SMTP_FROM SMTP_HOST SMTP_PASSWORD SMTP_PORT SMTP_TLS SMTP_USER TERM TMPDIR TZ USER WEB_URL WORKERS
     npm_config_registry`.split(/\s+/),
  )('%s is a common name of other programs and is ignored', name => {
    expect(issuesOf({ [name]: 'x' })).toEqual([]);
  });
});

describe('a misspelt option of createAuth', () => {
  it('OP-1: is refused under the name that the host program wrote', () => {
    const misspelt = { databaseURL: 'sqlite:a.sqlite' };

    expect(() => resolveOptions(misspelt as object)).toThrow(
      'databaseURL: there is no such option; use databaseUrl, or remove it.',
    );
  });

  it('OP-1: is refused without a suggestion when it resembles none', () => {
    expect(() => resolveOptions({ canary: 1 } as object)).toThrow(
      'canary: there is no such option; correct the name or remove it.',
    );
  });
});
