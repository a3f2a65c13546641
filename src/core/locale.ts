/** The longest tag that is stored, as RFC 5646 (4.4.1) recommends. */
const MAX_LENGTH = 35;

/** A BCP 47 language tag in canonical form: `fr-CA`. Null for anything else. */
export function parseLocale(tag: string): string | null {
  try {
    const [canonical] = tag.length <= MAX_LENGTH ? Intl.getCanonicalLocales(tag) : [];
    return canonical ?? null;
  } catch {
    return null;
  }
}
