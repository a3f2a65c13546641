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
