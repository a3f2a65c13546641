import { startOfDay } from '../i18n/dates.ts';

/** Puts what happened on the same day together, in the order of the list. */
export function byDay<Item extends { at: string }>(items: readonly Item[]): [Item, ...Item[]][] {
  const days: [Item, ...Item[]][] = [];
  for (const item of items) {
    const day = days.at(-1);
    if (day && dayOf(day[0]) === dayOf(item)) day.push(item);
    else days.push([item]);
  }
  return days;
}

const dayOf = ({ at }: { at: string }) => startOfDay(Date.parse(at));
