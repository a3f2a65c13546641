import { LANGUAGES as MAIL_LANGUAGES } from '../../src/mail/mail-text.ts';
import { de } from '../../web/i18n/de.ts';
import { en } from '../../web/i18n/en.ts';
import { fr } from '../../web/i18n/fr.ts';
import { LANGUAGES, languageOf } from '../../web/i18n/texts.ts';

describe('texts of the pages', () => {
  it('are in the languages of the mails', () => {
    expect(LANGUAGES).toEqual(MAIL_LANGUAGES);
  });

  it.each(Object.entries({ fr, de }))('in %s say something for every key, with every value', (_, texts) => {
    expect(Object.keys(texts)).toEqual(Object.keys(en));
    const written = Object.values(texts).map(text => (typeof text === 'string' ? text : text('VALUE' as never)));
    const functions = Object.values(texts).filter(text => typeof text === 'function');

    expect(written.filter(text => text.trim() === '')).toEqual([]);
    expect(written.filter(text => text.includes('VALUE'))).toHaveLength(functions.length);
  });
});

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
