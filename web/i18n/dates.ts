import type { Language } from './texts.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From the longest on: the unit, its length in seconds, and the age from which it is used. */
const UNITS = [
  ['year', 365 * DAY, 365 * DAY],
  ['month', 30 * DAY, 30 * DAY],
  ['day', DAY, DAY],
  ['hour', HOUR, HOUR],
  // Uses are recorded once a minute, so what is younger than two is going on.
  ['minute', MINUTE, 2 * MINUTE],
] as const;

/** How long ago a time was: `2 hours ago`. `now` below two minutes, and for times of a clock that is ahead of this one. */
export function relativeTime(language: Language, at: string, now: number): string {
  const age = (now - Date.parse(at)) / 1000;
  const [unit, length] = UNITS.find(([, , from]) => age >= from) ?? ['second', Number.POSITIVE_INFINITY];
  // Words such as `yesterday` are about days of the calendar, not about spans of time.
  const numeric = unit === 'second' ? 'auto' : 'always';
  return new Intl.RelativeTimeFormat(language, { numeric }).format(-Math.floor(age / length) || 0, unit);
}

/** A day: `27 November 2026`, in the form of the language. */
export const dateText = (language: Language, at: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(new Date(at));

/** Day and time: `27 Nov 2026, 10:14`, in the form of the language. */
export const dateTimeText = (language: Language, at: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));

/** Time of day: `10:14`, in the form of the language. */
export const clockTime = (language: Language, at: string): string =>
  new Intl.DateTimeFormat(language, { timeStyle: 'short' }).format(new Date(at));

/** A day as a heading: `Today`, `Yesterday`, `Friday, 27 November 2026`, in the form of the language. */
export function dayText(language: Language, at: string, now: number): string {
  const age = Math.round((startOfDay(now) - startOfDay(Date.parse(at))) / 1000 / DAY);
  const name =
    age === 0 || age === 1
      ? new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-age || 0, 'day')
      : new Intl.DateTimeFormat(language, { dateStyle: 'full' }).format(new Date(at));
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** Milliseconds since 1970 of the midnight before, in the time zone of the browser. */
export const startOfDay = (time: number): number => new Date(time).setHours(0, 0, 0, 0);
