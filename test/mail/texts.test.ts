import { LANGUAGES, linksOf, parseText, placeholdersOf } from '../../src/mail/mail-text.ts';
import { mailTemplates } from '../../src/registry.ts';

describe.each(mailTemplates.map(({ kind, texts }) => [kind, texts] as const))('the mail %s', (_, texts) => {
  it.each(LANGUAGES)('has a subject, words and the same values in %s as in English', language => {
    const { subject, paragraphs } = parseText(texts[language]);

    expect(subject).toMatch(/^[^{}]{5,60}$/);
    expect(paragraphs.length).toBeGreaterThan(0);
    expect(placeholdersOf(texts[language]).sort()).toEqual(placeholdersOf(texts.en).sort());
    expect(linksOf(texts[language])).toEqual(linksOf(texts.en));
  });
});

it('no two mails have the same kind', () => {
  const kinds = mailTemplates.map(({ kind }) => kind);

  expect(kinds).toEqual([...new Set(kinds)]);
});
