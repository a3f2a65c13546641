import { LANGUAGES as MAIL_LANGUAGES } from '../../src/mail/mail-text.ts';
import { de } from '../../web/i18n/de.ts';
import { en } from '../../web/i18n/en.ts';
import { fr } from '../../web/i18n/fr.ts';
import { LANGUAGES, languageOf } from '../../web/i18n/texts.ts';
import { listTexts } from '../../web/lists/texts.ts';
import { dataTexts } from '../../web/pages/account/data-texts.ts';
import { accountTexts } from '../../web/pages/account/texts.ts';
import { adminTexts } from '../../web/pages/admin/texts.ts';

describe('texts of the pages', () => {
  it('are in the languages of the mails', () => {
    expect(LANGUAGES).toEqual(MAIL_LANGUAGES);
  });

  it.each(Object.entries({ fr, de }))('in %s say something for every key, with every value', (_, texts) => {
    expect(Object.keys(texts)).toEqual(Object.keys(en));
    const written = writtenOf(texts);
    const functions = Object.values(texts).filter(text => typeof text === 'function');

    expect(written.filter(text => text.trim() === '')).toEqual([]);
    expect(written.filter(text => text.includes('VALUE'))).toHaveLength(functions.length);
  });

  it.each(
    Object.entries({
      shared: fr,
      list: listTexts.fr,
      account: accountTexts.fr,
      data: dataTexts.fr,
      admin: adminTexts.fr,
    }),
  )('in French have a narrow no-break space before ? ! : ; among the %s texts', (_, texts) => {
    expect(writtenOf(texts).filter(text => /[^\u202f][?!:;](\s|$)/.test(text))).toEqual([]);
  });
});

/** Every text, with VALUE for the values that it takes. */
const writtenOf = (texts: Readonly<Record<string, string | ((value: never) => string)>>): string[] =>
  Object.values(texts).map(text => (typeof text === 'string' ? text : text('VALUE' as never)));

describe('the language of the pages', () => {
  it.each([
    [['fr'], 'fr'],
    [['fr-CA', 'en'], 'fr'],
    [['DE-at'], 'de'],
    [['nl', 'de-CH', 'fr'], 'de'],
    [['nl', 'it'], 'en'],
    [[null, 'fr'], 'fr'],
    [[], 'en'],
    [['french'], 'en'],
  ])('for %j is %s', (tags, language) => {
    expect(languageOf(tags)).toBe(language);
  });
});
