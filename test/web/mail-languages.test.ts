import { mailLanguages } from '../../web/pages/account/mail-languages.ts';

describe('languages of mails to choose from', () => {
  const builtIn = [
    { tag: 'en', name: 'English' },
    { tag: 'fr', name: 'Français' },
    { tag: 'de', name: 'Deutsch' },
  ];

  it('are those of the built-in mails', () => {
    expect(mailLanguages(null, [])).toEqual(builtIn);
  });

  it('have that of the account and those of the browser beside them, each once, named in themselves', () => {
    expect(mailLanguages('fr-CA', ['es', 'fr-CA', 'de'])).toEqual([
      ...builtIn,
      { tag: 'fr-CA', name: 'Français canadien' },
      { tag: 'es', name: 'Español' },
    ]);
  });

  it('keep a tag that has no name', () => {
    expect(mailLanguages('qaa', []).at(-1)).toEqual({ tag: 'qaa', name: 'Qaa' });
  });
});
