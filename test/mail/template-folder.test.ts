import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuth } from '../../src/create-auth.ts';
import { ConfigError } from '../../src/options/define.ts';
import { newPerson, REGISTER, RESET_PASSWORD, startApp, type TestApp, tokenIn } from '../support/app.ts';
import { Folder } from '../support/folder.ts';

const docs = readFileSync('docs/mails.md', 'utf8');
/** The code blocks of the page in this language, in order. */
const snippets = (language: string) =>
  [...docs.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, name]) => name === language).map(([, , code = '']) => code);
const [SPANISH = '', REFUSAL = ''] = snippets('text');
const [LAYOUT = ''] = snippets('html');

let folder: Folder;
beforeEach(() => {
  folder = new Folder();
});
afterEach(() => folder.remove());

describe('mails with a folder of templates', () => {
  let app: TestApp;
  const start = async () => {
    app = await startApp({ env: { BIENVENUE_MAIL_TEMPLATES: folder.path } });
  };
  afterEach(() => app.close());

  /** A password reset by a new user of this language. Returns the link's mail and the notice. */
  const reset = async (language: string) => {
    const browser = app.browser({ headers: { 'accept-language': language } });
    const person = newPerson();
    await browser.send(REGISTER, { ...person });
    const token = await app.resetToken(person.email);
    await browser.send(RESET_PASSWORD, { token, newPassword: 'a password that is new' });
    const [notice, link] = await app.mails();
    if (!notice || !link) throw new Error('mails are missing');
    return { token, notice, link };
  };

  it('have the texts of the folder, in a language that is not built in as well', async () => {
    folder.write('reset-password.es.txt', SPANISH);
    await start();

    const { link, notice, token } = await reset('es-MX');

    expect(link.subject).toBe('Elige una nueva contraseña');
    expect(link.text).toContain('El enlace funciona una vez, durante 30 minutos.\n\nElegir una nueva contraseña\nhttp');
    expect(link.html).toContain('<html lang="es">');
    expect(tokenIn(link)).toBe(token);
    expect(notice.subject).toBe('Your password was changed');
  });

  it('keep the built-in texts of other languages and kinds', async () => {
    folder.write('reset-password.fr.txt', 'Bonjour\n\nVoici le lien :\n\n[Ouvrir]({link})');
    await start();

    const french = await reset('fr');
    expect([french.link.subject, french.notice.subject]).toEqual(['Bonjour', 'Votre mot de passe a été modifié']);
    expect((await reset('de')).link.subject).toBe('Neues Passwort festlegen');
    expect((await reset('en')).link.subject).toBe('Set a new password');
  });

  it('are in the most specific language that has a text', async () => {
    folder.write('password-changed.pt.txt', 'Palavra-passe alterada\n\n{at}');
    folder.write('password-changed.pt-BR.txt', 'Senha alterada\n\n{at}');
    await start();

    expect((await reset('pt-BR')).notice.subject).toBe('Senha alterada');
    const { notice } = await reset('pt-PT');
    expect(notice.subject).toBe('Palavra-passe alterada');
    expect(notice.text).toContain('15 de janeiro de 2026');
  });

  it('have the layout of the folder', async () => {
    folder.write('layout.html', LAYOUT);
    await start();

    const { link, token } = await reset('en');

    expect(link.html).toContain('<h1>Example Ltd.</h1>');
    expect(link.html).toContain('<title>Set a new password</title>');
    expect(link.html).toContain(`an account at localhost:${app.options.port}.</p>`);
    expect(link.html).toContain(`?token=${token}"`);
    expect(link.html).not.toMatch(/\{(content|subject|language|service)\}/);
    expect(link.text).not.toContain('Example Ltd.');
  });

  it('IN-4: escape the words of the folder and the values in HTML', async () => {
    folder.write('password-changed.en.txt', 'A <b> & "c"\n\n<i>{at}</i>\nnext line\n\n[<u>](https://example.org/?a&b)');
    await start();

    const { notice } = await reset('en');

    expect(notice.subject).toBe('A <b> & "c"');
    expect(notice.html).toContain('<title>A &lt;b&gt; &amp; &quot;c&quot;</title>');
    expect(notice.html).toMatch(/&lt;i&gt;January 15, 2026 .*&lt;\/i&gt;<br>\nnext line/);
    expect(notice.html).toContain('<a href="https://example.org/?a&amp;b"');
    expect(notice.html).toContain('>&lt;u&gt;</a>');
  });

  it('may have carriage returns, a byte order mark and files with a dot beside them', async () => {
    folder.write('.gitkeep', '');
    mkdirSync(join(folder.path, '..data'));
    folder.write('password-changed.en.txt', '\ufeffChanged\r\n\r\nOne.\r\n\r\nTwo.\r\n');
    await start();

    const { notice } = await reset('en');

    expect(notice.subject).toBe('Changed');
    expect(notice.text).toMatch(/^One\.\n\nTwo\.\n\n/);
  });
});

describe('a start with a folder of templates', () => {
  /** The issues with which it is refused. */
  const refusal = async (mailTemplates = folder.path) => {
    const databaseUrl = `sqlite:${join(folder.path, '.sqlite')}`;
    const outcome = await createAuth({ mailTemplates, databaseUrl }).then(
      auth => auth.close(),
      (error: unknown) => error,
    );
    expect(outcome).toBeInstanceOf(ConfigError);
    return (outcome as ConfigError).issues;
  };

  it.each([
    ['welcome.en.txt', 'A\n\nB', 'there is no mail of this kind; use one of reset-password, '],
    ['constructor.en.txt', 'A\n\nB', 'there is no mail of this kind; use one of '],
    [
      'password-changed.klingon-language.txt',
      'A\n\nB',
      'not the tag of a known language; use one such as fr or pt-BR.',
    ],
    ['password-changed.fr_FR.txt', 'A\n\nB', 'not the tag of a known language; use one such as fr or pt-BR.'],
    ['password-changed.PT.txt', 'A\n\nB', 'not the tag of a known language; use one such as fr or pt-BR.'],
    [
      'password-changed.txt',
      'A\n\nB',
      'not the name of a template; use KIND.LANGUAGE.txt or layout.html, or remove it.',
    ],
    ['password-changed.en.html', 'A\n\nB', 'not the name of a template; use KIND.'],
    ['password-changed.en.txt~', 'A\n\nB', 'not the name of a template; use KIND.'],
    ['password-changed.en.txt', '', 'needs a subject in the first line, and a paragraph after it.'],
    ['password-changed.en.txt', 'Subject only\n', 'needs a subject in the first line, and a paragraph after it.'],
    ['password-changed.en.txt', 'A\n\n{email}', 'there is no {email}; use {at}, or remove it.'],
    ['password-changed.en.txt', 'A {constructor}\n\nB', 'there is no {constructor}; use {at}, or remove it.'],
    [
      'password-changed.en.txt',
      'A\n\n[B]({at})',
      'a button needs a link of the mail or an https address as its target.',
    ],
    ['password-changed.en.txt', 'A\n\n[B](javascript:alert)', 'a button needs a link of the mail or an https address'],
    ['reset-password.en.txt', 'A\n\nB', 'needs the link, as a paragraph of its own: [label]({link}).'],
    ['reset-password.en.txt', 'A\n\nOpen {link}', 'needs the link, as a paragraph of its own: [label]({link}).'],
    [
      'reset-password.en.txt',
      'A\n\n[B](https://evil.test/?{link})\n\n[B]({link})',
      'a button needs a link of the mail or an https address as its target.',
    ],
    ['reset-password.en.txt', 'A {link}\n\n[B]({link})', 'the subject can be read in transit'],
    ['layout.html', '<p>{subject}</p>', 'needs {content}, where the words of the mail go.'],
    [
      'layout.html',
      '{content}{name}',
      'there is no {name}; use {language}, {subject}, {content}, {service}, {color}, {colorText}, {darkColor}, {darkColorText}, or remove it.',
    ],
    ['layout.html', 'x'.repeat(64 * 1024 + 1), 'larger than 64 KiB; make it shorter.'],
  ])('is refused: %s with %j', async (name, text, issue) => {
    folder.write(name, text);

    expect(await refusal()).toEqual([expect.stringContaining(`BIENVENUE_MAIL_TEMPLATES: ${name}: ${issue}`)]);
  });

  it('is refused for a file that is not UTF-8, and for a folder in place of a file', async () => {
    writeFileSync(join(folder.path, 'password-changed.fr.txt'), Buffer.from('Modifi\xe9\n\nA', 'latin1'));
    mkdirSync(join(folder.path, 'layout.html'));

    expect(await refusal()).toEqual([
      'BIENVENUE_MAIL_TEMPLATES: layout.html: cannot be read; check its permissions.',
      'BIENVENUE_MAIL_TEMPLATES: password-changed.fr.txt: not UTF-8; use UTF-8.',
    ]);
  });

  it('is refused for a folder that does not exist', async () => {
    expect(await refusal(join(folder.path, 'nothing'))).toEqual([
      'BIENVENUE_MAIL_TEMPLATES: the folder cannot be read; check the path and its permissions.',
    ]);
  });

  it('is refused with every issue at once, as the documentation shows it', async () => {
    folder.write('reset-password.es.txt', SPANISH.replace('{minutes}', '{minute}'));
    folder.write('password-changed.en.txt', 'A\n\n{email}');

    const issues = await refusal();

    expect(issues).toHaveLength(2);
    expect(`${issues[1]}\n`).toBe(REFUSAL);
  });
});
