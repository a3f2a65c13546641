import { isNoisy, loadResult, type Sample } from './result.ts';

interface Goal {
  /** The part that measures it, and the id of its ratio. */
  part: string;
  id: string;
  what: string;
  goal: number;
  minimum: number;
  unit: '%' | '×' | 'MB' | 'packages';
  fewerIsBetter?: true;
}

/** Goals with every feature switched on, as ratios of one run: these carry over to other machines. */
const GOALS: Goal[] = [
  goal('who-am-i', 'who-am-i/bare', 'who-am-I against bare `node:http` with the same lookup, one core', '%', 0.6, 0.33),
  goal('who-am-i', 'who-am-i/better-auth', 'who-am-I against better-auth, both on SQLite', '×', 10, 5),
  goal('who-am-i', 'who-am-i/better-auth/postgresql', 'who-am-I against better-auth, both on PostgreSQL', '×', 8, 4),
  less('under-logins', 'p99', 'p99 of who-am-I under saturating logins over idle p99, one core', '×', 1.5, 5),
  goal(
    'credentials',
    'login/bcrypt/12',
    'logins against raw bcrypt, both at the default cost 12, one core',
    '%',
    0.98,
    0.93,
  ),
  goal('credentials', 'login/bcrypt', 'logins against raw bcrypt, both at cost 10, one core', '%', 0.98, 0.93),
  less('cold-start', 'cold-start/better-auth', 'cold start to the first response against better-auth', '×', 0.7, 1.3),
  less('memory', 'memory/idle', 'memory, idle, against better-auth', '×', 0.8, 1.15),
  less('memory', 'memory/loaded', 'memory after load against better-auth', '×', 0.5, 0.8),
  goal('growth', 'growth', 'who-am-I at 10^7 sessions over 10^3, a thousand of them in turn', '%', 0.98, 0.85),
  less('lists', 'lists/users/sqlite', 'last page of a million users over the first, SQLite', '×', 1.2, 2),
  less('lists', 'lists/users/postgresql', 'the same on PostgreSQL', '×', 1.2, 2),
  less('lists', 'lists/users/mariadb', 'the same on MariaDB', '×', 1.2, 2),
  less('lists', 'lists/events/sqlite', 'last page of a million events over the first, SQLite', '×', 1.2, 2),
  less('lists', 'lists/events/postgresql', 'the same on PostgreSQL', '×', 1.2, 2),
  less('lists', 'lists/events/mariadb', 'the same on MariaDB', '×', 1.2, 2),
  goal('workers', 'workers', 'two processes over one, half a core each', '×', 1.9, 1.6),
  goal('workers', 'workers/shared', 'two processes over one, sharing two cores with the load', '×', 1.9, 1.6),
  less('size', 'megabytes', 'production `node_modules`', 'MB', 60, 110),
  less('size', 'packages', 'packages in it', 'packages', 60, 170),
];

function goal(part: string, id: string, what: string, unit: Goal['unit'], goal: number, minimum: number): Goal {
  return { part, id, what, unit, goal, minimum };
}

function less(part: string, id: string, what: string, unit: Goal['unit'], most: number, minimum: number): Goal {
  return { ...goal(part, id, what, unit, most, minimum), fewerIsBetter: true };
}

/** The table of goals, measurements and verdicts. */
export function goalsTable(): string {
  const lines = GOALS.map(each => {
    const seen = loadResult(each.part)?.ratios[each.id];
    const cells = [each.what, inUnit(each, each.goal), inUnit(each, each.minimum), measured(each, seen)];
    return `| ${[...cells, verdict(each, seen)].join(' | ')} |`;
  });
  return ['| what | goal | minimum | measured | |', '| --- | --- | --- | --- | --- |', ...lines].join('\n');
}

function measured(goal: Goal, seen?: Sample): string {
  if (!seen) return '';
  const value = inUnit(goal, seen.median);
  if (seen.rounds.length === 1) return value;
  const range = `${inUnit(goal, seen.least)} to ${inUnit(goal, seen.most)}`;
  return `${isNoisy(seen) ? '≈ ' : ''}${value} (${range})`;
}

function verdict({ goal, minimum, fewerIsBetter }: Goal, seen?: Sample): string {
  if (!seen) return 'not measured';
  const reaches = (value: number) => (fewerIsBetter ? seen.median <= value : seen.median >= value);
  return reaches(goal) ? 'goal reached' : reaches(minimum) ? 'minimum reached' : '**missed**';
}

function inUnit({ unit }: Goal, value: number): string {
  if (unit === '%') return `${(100 * value).toFixed(value >= 0.9 ? 1 : 0).replace(/\.0$/, '')} %`;
  if (unit === '×') return `${value.toFixed(2).replace(/\.?0+$/, '')} ×`;
  return unit === 'MB' ? `${value.toFixed(0)} MB` : value.toFixed(0);
}
