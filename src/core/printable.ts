/** Characters that could forge or hide text: control characters, line separators and bidirectional marks. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text for a log or a terminal, with each of these characters as `\u{…}`. */
export const printable = (text: string): string =>
  text.replace(CONTROL, character => `\\u{${character.codePointAt(0)?.toString(16)}}`);

/** JSON in one line, with these characters escaped in its strings. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value).replace(CONTROL, character => character.split('').map(escapedUnit).join(''));

const escapedUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
