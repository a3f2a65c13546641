import { readdirSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';
import { ada, startApp } from '../support/app.ts';
import { runCommand, runProcess } from '../support/commands.ts';
import { Diagnosis, messages, RESOLVES_TEST_NAMES, reportOf } from '../support/doctor.ts';
import { Folder, freePort } from '../support/folder.ts';
import { SECRET } from '../support/settings.ts';
import { MailServer } from '../support/smtp.ts';

const DATABASE = { DATABASE_URL: 'sqlite:data.sqlite' };

describe('bienvenue doctor', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(() => folder.remove());

  it('finds nothing wrong before the first start, and creates nothing', async () => {
    const { code, status, deliveries } = await diagnose({ PORT: String(await freePort()) });

    expect({ code, status }).toEqual({ code: 0, status: 'ok' });
    expect(Object.values(deliveries)).toEqual(['sent']);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('finds nothing wrong beside a running service, and sends no mail', async () => {
    const mailServer = await MailServer.start();
    const app = await startApp({ env: mailServer.settings });
    const env = { ...mailServer.settings, DATABASE_URL: app.database.url, PORT: String(app.options.port) };
    const diagnosis = await diagnose(env);
    await app.close();
    await mailServer.close();

    expect(diagnosis.messages('fault')).toEqual([]);
    expect(diagnosis).toMatchObject({ code: 0, status: 'ok' });
    expect(diagnosis.messages('ok')).toEqual(
      expect.arrayContaining([
        'migrations: No migration is pending.',
        expect.stringMatching(/^mail: .* accepts connections/),
        expect.stringMatching(/^address: .* in use/),
        'proxy: Cookies and Set-Cookie pass unchanged.',
      ]),
    );
    expect(mailServer.attempts).toBe(0);
  });

  it('OP-1: lists every issue of the settings that the start lists', async () => {
    const env = { PORT: 'canary', BIENVENUE_MORE: 'canary', BIENVENUE_PASSWORD_PEPPER: 'k1:canary' };
    const started = await runProcess(['serve'], env, folder.path);
    const { code, report, stdout } = await diagnose(env);

    const issues = started.stderr.trimEnd().split('\n').slice(1);
    expect(issues).toHaveLength(3);
    expect(report).toEqual({
      status: 'fault',
      findings: issues.map(message => ({ check: 'settings', status: 'fault', message })),
      origins: [],
    });
    expect(code).toBe(1);
    expect(stdout).not.toContain('canary');
  });

  it('lists the files that the settings name and the start could not read', async () => {
    const env = {
      BIENVENUE_MAIL_TEMPLATES: `${folder.path}/missing`,
      BIENVENUE_BRAND_LOGO: `${folder.path}/missing.svg`,
    };
    const report = await reportOf({ ...DATABASE, ...env });

    expect(messages(report, 'fault')).toEqual([
      expect.stringMatching(/^settings: BIENVENUE_MAIL_TEMPLATES: /),
      expect.stringMatching(/^settings: BIENVENUE_BRAND_LOGO: /),
    ]);
  });

  it('OP-6: reports what cannot be reached, each in one line, and prints no secret', async () => {
    const port = await freePort();
    const env = {
      PORT: String(await freePort()),
      DATABASE_URL: `postgresql://ada:${SECRET}@127.0.0.1:${port}/accounts`,
      SMTP_URL: `smtp://ada:${SECRET}@127.0.0.1:${port}`,
      MAIL_FROM: 'no-reply@example.org',
      REDIS_URL: `redis://ada:${SECRET}@127.0.0.1:${port}`,
      BIENVENUE_PASSWORD_PEPPER: `k1:${SECRET}`,
    };
    const { code, stdout, stderr } = await runCommand(['doctor'], env, folder.path);

    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter(line => line.startsWith('fault'))).toEqual([
      expect.stringMatching(/^fault {4}DATABASE_URL: .*ECONNREFUSED/),
      expect.stringMatching(/^fault {4}SMTP_URL: .*cannot be reached .*outbox\.$/),
      expect.stringMatching(/^fault {4}REDIS_URL: .*ECONNREFUSED/),
    ]);
    expect(lines.at(-1)).toBe('3 faults, 0 warnings');
    expect(stdout + stderr).not.toContain(SECRET);
  });

  it('tells pending migrations that the start runs from those that it refuses', async () => {
    const env = { ...DATABASE, PORT: String(await freePort()) };
    await runCommand(['migrate', 'up'], env, folder.path);
    await runCommand(['migrate', 'down', '--yes'], env, folder.path);

    const auto = await diagnose(env);
    expect(auto.code).toBe(0);
    expect(auto.messages('warning')).toEqual([expect.stringMatching(/^migrations: Migrations are pending: 1 of /)]);
    const manual = await diagnose({ ...env, BIENVENUE_MIGRATE: 'manual' });
    expect(manual.code).toBe(1);
    expect(manual.messages('fault')).toEqual([expect.stringMatching(/bienvenue migrate up$/)]);
  });

  it('reports a missing pepper', async () => {
    const app = await startApp({ env: { BIENVENUE_PASSWORD_PEPPER: `k7:${SECRET}` } });
    await app.register(ada);
    const diagnosis = await diagnose({ DATABASE_URL: app.database.url, PORT: String(app.options.port) });
    await app.close();

    expect(diagnosis.messages('fault')).toEqual([expect.stringMatching(/^settings: BIENVENUE_PASSWORD_PEPPER: .*k7/)]);
  });

  it('reports an SQLite file that cannot be opened or created', async () => {
    const path = folder.write('text.sqlite', 'this is not a database, whatever its name says'.repeat(100));

    for (const url of [`sqlite:${path}`, `sqlite:${path}/below/a/file.sqlite`])
      expect(messages(await reportOf({ DATABASE_URL: url, PORT: '0' }), 'fault')).toContainEqual(
        expect.stringMatching(/^database: DATABASE_URL: /),
      );
  });

  it('reports an address on which the service cannot listen', async () => {
    const mailServer = await MailServer.start();
    // A documentation address (RFC 5737), which no machine has.
    const env = { ...mailServer.settings, HOST: '192.0.2.1', DATABASE_URL: `sqlite:${folder.path}/data.sqlite` };
    const report = await reportOf(env);
    await mailServer.close();

    expect(messages(report, 'fault')).toContainEqual(expect.stringMatching(/^address: HOST and PORT .*EADDRNOTAVAIL/));
  });

  it('reports a mail server that refuses the password, and one without encryption', async () => {
    const mailServer = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ password }, _session, done) =>
        done(password === 'right' ? null : new Error('not this one'), { user: 'ada' }),
    });
    const port = await new Promise<number>(resolve => {
      const listener = mailServer.listen(0, '127.0.0.1', () => resolve((listener.address() as { port: number }).port));
    });
    const env = {
      PORT: String(await freePort()),
      MAIL_FROM: 'no-reply@example.org',
      NODE_OPTIONS: RESOLVES_TEST_NAMES,
    };
    const refused = await diagnose({ ...env, SMTP_URL: `smtp://ada:wrong@127.0.0.1:${port}` });
    const inClearText = await diagnose({ ...env, SMTP_URL: `smtp://ada:right@mail.example.test:${port}` });
    await new Promise<void>(resolve => mailServer.close(resolve));

    expect(refused.messages('fault')).toEqual([expect.stringMatching(/^mail: .* refuses user name or password/)]);
    expect(inClearText.code).toBe(0);
    expect(inClearText.messages('warning')).toEqual([expect.stringMatching(/^mail: .* offers no encryption/)]);
  });

  it('judges the origins in the settings, APP_URL, and those on the command line', async () => {
    const env = {
      PORT: String(await freePort()),
      PUBLIC_URL: 'http://localhost:4000',
      BIENVENUE_ALLOWED_ORIGINS: 'http://localhost:5173,http://127.0.0.1:5173',
      APP_URL: 'https://app.example.org/account',
    };
    const { deliveries } = await diagnose(env, ['--origin', 'https://other.example.org']);

    expect(deliveries).toEqual({
      'http://localhost:4000': 'sent',
      'http://localhost:5173': 'sent',
      'http://127.0.0.1:5173': 'not-sent',
      'https://app.example.org': 'refused',
      'https://other.example.org': 'refused',
    });
  });

  it.each([[['--fix']], [['now']], [['--origin', 'not an origin']]])('refuses the arguments %j', async words => {
    const { code, stderr } = await runCommand(['doctor', ...words], {}, folder.path);

    expect(code).toBe(2);
    expect(stderr).toMatch(/^bienvenue: .*\nbienvenue --help lists the commands\.\n$/s);
  });

  const diagnose = (env: Record<string, string | undefined>, args: string[] = []) =>
    Diagnosis.of({ ...DATABASE, ...env }, { args, cwd: folder.path });
});
