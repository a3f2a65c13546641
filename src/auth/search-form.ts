/**
 * A name as administrators search for it: without differences of case or of Unicode form, and no longer than its column.
 * Null for a user without a name.
 */
export const searchForm = (name: string | null): string | null =>
  name === null ? null : [...name.normalize('NFKC').toLowerCase()].slice(0, 200).join('');
