import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Person } from '../../support/app.ts';

export interface Reset {
  email: string;
  token: string;
  oldPassword: string;
  newPassword: string;
}

/** What a service has acknowledged; and what was asked of it, where only one of two outcomes is certain until it answers. */
export type Entry =
  | { kind: 'registered'; person: Person }
  | { kind: 'opened'; session: string; email: string }
  | { kind: 'leaving' | 'left'; session: string }
  | { kind: 'mail asked'; email: string }
  | { kind: 'issued'; token: string; email: string }
  | { kind: 'resetting' | 'reset'; reset: Reset };

export interface BookedReset extends Reset {
  /** False: nobody has heard how it ended. */
  acknowledged: boolean;
  /** Those that were open when it was asked for. */
  sessions: string[];
}

/** A file of what was acknowledged. A line is on the disk before its caller goes on, as the service promises of its own. */
export class Ledger {
  acknowledged = 0;
  private readonly file: number;

  constructor(
    private readonly path: string,
    /** Called at each acknowledgement, at once. */
    private readonly heard: (entry: Entry) => void,
  ) {
    this.file = openSync(path, 'a');
  }

  write(entry: Entry): void {
    // With a registration or a login comes a session: one answer, two lines.
    const silent = entry.kind === 'leaving' || entry.kind === 'resetting' || entry.kind === 'registered';
    if (!silent) {
      this.acknowledged += 1;
      this.heard(entry);
    }
    writeSync(this.file, `${JSON.stringify(entry)}\n`);
    fsyncSync(this.file);
  }

  balance(): Balance {
    const lines = readFileSync(this.path, 'utf8').trimEnd().split('\n');
    const balance = new Balance();
    for (const line of lines) balance.book(JSON.parse(line));
    return balance;
  }

  close(): void {
    closeSync(this.file);
  }
}

/** What has to be true of a service by all that it acknowledged. */
export class Balance {
  /** By address; the password is that of the registration. */
  readonly people = new Map<string, Person>();
  /** Open sessions, and whose they are. */
  readonly open = new Map<string, string>();
  readonly ended = new Set<string>();
  /** How many mails were asked for, by address. */
  readonly mails = new Map<string, number>();
  /** Tokens with which nobody has tried anything, and whose they are. */
  readonly unused = new Map<string, string>();
  /** By address. */
  readonly resets = new Map<string, BookedReset>();

  book(entry: Entry): void {
    switch (entry.kind) {
      case 'registered':
        this.people.set(entry.person.email, entry.person);
        break;
      case 'opened':
        this.open.set(entry.session, entry.email);
        break;
      case 'leaving':
        this.open.delete(entry.session);
        break;
      case 'left':
        this.ended.add(entry.session);
        break;
      case 'mail asked':
        this.mails.set(entry.email, (this.mails.get(entry.email) ?? 0) + 1);
        break;
      case 'issued':
        this.unused.set(entry.token, entry.email);
        break;
      case 'resetting':
        this.unused.delete(entry.reset.token);
        this.resets.set(entry.reset.email, {
          ...entry.reset,
          acknowledged: false,
          sessions: this.takeSessions(entry.reset.email),
        });
        break;
      case 'reset':
        (this.resets.get(entry.reset.email) as BookedReset).acknowledged = true;
    }
  }

  /** Of these it is not certain any more that they are open. */
  private takeSessions(email: string): string[] {
    const sessions = [...this.open.keys()].filter(session => this.open.get(session) === email);
    for (const session of sessions) this.open.delete(session);
    return sessions;
  }
}
