import { dayText, relativeTime } from '../../web/i18n/dates.ts';
import { LANGUAGES } from '../../web/i18n/texts.ts';
import { byDay } from '../../web/lists/days.ts';

const now = Date.parse('2026-11-29T12:00:00Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const ago = (age: number) => new Date(now - age).toISOString();

describe('how long ago something was', () => {
  it.each([
    [-5 * MINUTE, 'now'],
    [0, 'now'],
    [119 * SECOND, 'now'],
    [2 * MINUTE, '2 minutes ago'],
    [HOUR - SECOND, '59 minutes ago'],
    [HOUR, '1 hour ago'],
    [DAY - SECOND, '23 hours ago'],
    [2 * DAY - SECOND, '1 day ago'],
    [2 * DAY, '2 days ago'],
    [30 * DAY, '1 month ago'],
    [364 * DAY, '12 months ago'],
    [800 * DAY, '2 years ago'],
  ])('%d ms ago is said as "%s"', (age, text) => {
    expect(relativeTime('en', ago(age), now)).toBe(text);
  });

  it('is said in every language', () => {
    expect(LANGUAGES.map(language => relativeTime(language, ago(3 * HOUR), now))).toEqual([
      '3 hours ago',
      'il y a 3 heures',
      'vor 3 Stunden',
    ]);
  });
});

/** A time of day in the time zone of the machine, some days before 29 November 2026. */
const local = (daysBefore: number, hour: number) => new Date(2026, 10, 29 - daysBefore, hour).toISOString();

describe('days as headings', () => {
  const evening = Date.parse(local(0, 23));

  it.each([
    ['en', 'Today', 'Yesterday', 'Friday, November 27, 2026'],
    ['fr', 'Aujourd’hui', 'Hier', 'Vendredi 27 novembre 2026'],
    ['de', 'Heute', 'Gestern', 'Freitag, 27. November 2026'],
  ] as const)('are named in %s', (language, ...names) => {
    expect([local(0, 0), local(1, 23), local(2, 12)].map(at => dayText(language, at, evening))).toEqual(names);
  });

  it('have what happened between two midnights, in the order of the list', () => {
    const times = [local(0, 22), local(0, 0), local(1, 23), local(3, 1)];

    expect(byDay(times.map(at => ({ at })))).toEqual([
      [{ at: times[0] }, { at: times[1] }],
      [{ at: times[2] }],
      [{ at: times[3] }],
    ]);
    expect(byDay([])).toEqual([]);
  });
});
