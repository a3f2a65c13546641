import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import SQLite from 'better-sqlite3';

/**
 * Loaded into a command with --import. Kills its process after statement number KILL_AT of those that change tables or
 * rows, sent to a database server or run by SQLite. Prints the number of such statements at the end.
 */
const killAt = Number(process.env.KILL_AT);
const CHANGE = /\b(create table|alter table|create index|insert into|update|delete from|drop table) /i;
let changes = 0;

function watch(prototype, method, sqlOf) {
  const original = prototype[method];
  prototype[method] = function (...args) {
    const result = original.apply(this, args);
    if (CHANGE.test(sqlOf(this, args))) changes += 1;
    if (changes === killAt) process.kill(process.pid, 'SIGKILL');
    return result;
  };
}

const statement = Object.getPrototypeOf(new SQLite(':memory:').prepare('select 1'));
watch(statement, 'run', ({ source }) => source);
watch(Socket.prototype, 'write', (_, [data]) => String(data));

process.on('exit', () => writeSync(1, `changes: ${changes}\n`));
