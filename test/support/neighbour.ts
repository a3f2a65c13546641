import SQLite from 'better-sqlite3';

/** Long enough for a crowd to come to the lock, and shorter than the service waits for it. */
const FIRST_TURN_MS = 1000;
const TURN_MS = 10;

/**
 * Another process that writes to the same database. It has the lock for a while, and then half of the time: a crowd
 * gets to it together, and what is not done in one step takes long.
 */
export class Neighbour {
  private readonly database: SQLite.Database;
  private timer: NodeJS.Timeout;

  constructor(file: string) {
    this.database = new SQLite(file, { timeout: FIRST_TURN_MS });
    this.database.exec('begin immediate');
    this.database.pragma('busy_timeout = 0');
    this.timer = setTimeout(() => {
      this.timer = setInterval(() => this.turn(), TURN_MS);
    }, FIRST_TURN_MS);
  }

  leave(): void {
    clearInterval(this.timer);
    this.database.close();
  }

  private turn(): void {
    try {
      this.database.exec(this.database.inTransaction ? 'rollback' : 'begin immediate');
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error;
    }
  }
}
