import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Person } from '../../support/app.ts';

export interface PasswordChange {
  email: string;
  oldPassword: string;
  newPassword: string;
}

export interface Reset extends PasswordChange {
  token: string;
}

/** An acknowledged operation, or one that was sent and may have either outcome until its response arrives. */
export type Entry =
  | { kind: 'registered'; person: Person }
  | { kind: 'opened'; session: string; email: string }
  | { kind: 'logging out' | 'logged out'; session: string }
  | { kind: 'mail requested'; email: string }
  | { kind: 'issued'; token: string; email: string }
  | { kind: 'resetting' | 'reset'; reset: Reset }
  | { kind: 'changing' | 'changed'; change: PasswordChange };

export type Recorded<Change extends PasswordChange> = Change & {
  /** False while the response has not arrived: the outcome is unknown. */
  acknowledged: boolean;
  /** The sessions that were open when the change was sent. */
  sessions: string[];
};

/** Entries that are no acknowledgement. A registration is followed by 'opened' for its session: one response, two lines. */
const UNCOUNTED: readonly Entry['kind'][] = ['logging out', 'resetting', 'changing', 'registered'];

/** A log file of acknowledged operations. `write()` returns after fsync, so an entry survives what the service survives. */
export class Ledger {
  acknowledged = 0;
  private readonly file: number;

  constructor(
    private readonly path: string,
    /** Called synchronously for each acknowledgement. */
    private readonly onAcknowledged: (entry: Entry) => void,
  ) {
    this.file = openSync(path, 'a');
  }

  write(entry: Entry): void {
    if (!UNCOUNTED.includes(entry.kind)) {
      this.acknowledged += 1;
      this.onAcknowledged(entry);
    }
    writeSync(this.file, `${JSON.stringify(entry)}\n`);
    fsyncSync(this.file);
  }

  balance(): Balance {
    const lines = readFileSync(this.path, 'utf8').trimEnd().split('\n');
    const balance = new Balance();
    for (const line of lines) balance.record(JSON.parse(line));
    return balance;
  }

  close(): void {
    closeSync(this.file);
  }
}

/** The expected state of a service after all that it acknowledged. */
export class Balance {
  /** By address, with the password of the registration. */
  readonly people = new Map<string, Person>();
  /** Open sessions and the address of their user. */
  readonly open = new Map<string, string>();
  readonly ended = new Set<string>();
  /** The number of requested mails by address. */
  readonly mails = new Map<string, number>();
  /** Unused tokens and the address of their user. */
  readonly unused = new Map<string, string>();
  /** By address. */
  readonly resets = new Map<string, Recorded<Reset>>();
  /** Changes by signed-in users, by address. */
  readonly changes = new Map<string, Recorded<PasswordChange>>();

  record(entry: Entry): void {
    switch (entry.kind) {
      case 'registered':
        this.people.set(entry.person.email, entry.person);
        break;
      case 'opened':
        this.open.set(entry.session, entry.email);
        break;
      case 'logging out':
        this.open.delete(entry.session);
        break;
      case 'logged out':
        this.ended.add(entry.session);
        break;
      case 'mail requested':
        this.mails.set(entry.email, (this.mails.get(entry.email) ?? 0) + 1);
        break;
      case 'issued':
        this.unused.set(entry.token, entry.email);
        break;
      case 'resetting':
        this.unused.delete(entry.reset.token);
        this.resets.set(entry.reset.email, this.sent(entry.reset));
        break;
      case 'reset':
        (this.resets.get(entry.reset.email) as Recorded<Reset>).acknowledged = true;
        break;
      case 'changing':
        this.changes.set(entry.change.email, this.sent(entry.change));
        break;
      case 'changed':
        (this.changes.get(entry.change.email) as Recorded<PasswordChange>).acknowledged = true;
    }
  }

  private sent<Change extends PasswordChange>(change: Change): Recorded<Change> {
    return { ...change, acknowledged: false, sessions: this.takeSessions(change.email) };
  }

  /** Removes the user's sessions from those that are certainly open. */
  private takeSessions(email: string): string[] {
    const sessions = [...this.open.keys()].filter(session => this.open.get(session) === email);
    for (const session of sessions) this.open.delete(session);
    return sessions;
  }
}
