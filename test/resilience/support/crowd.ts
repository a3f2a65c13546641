import { randomUUID } from 'node:crypto';
import { type Browser, LOGIN, LOGOUT, type Person, PROFILE, REGISTER, sessionOf } from '../../support/app.ts';
import type { Answer } from '../../support/browser.ts';
import { Balance } from './ledger.ts';

/** People who register, log in and out and ask who they are, and all that was acknowledged to them. */
export class Crowd {
  /** Neither what was asked for nor UNAVAILABLE or BUSY. */
  readonly wrong: unknown[] = [];
  /** Since they were last looked at. */
  answers: { code?: string; wait: number }[] = [];
  readonly balance = new Balance();
  private going: Promise<unknown>[] = [];
  private stopped = false;

  constructor(private readonly browser: (options?: { cookies: Record<string, string> }) => Browser) {}

  /** So many people, each one thing after the other. */
  start(people: number): void {
    this.stopped = false;
    this.going = Array.from({ length: people }, () => this.live());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.going);
  }

  get slowest(): number {
    return Math.max(0, ...this.answers.map(({ wait }) => wait));
  }

  get failures(): number {
    return this.answers.filter(({ code }) => code === 'UNAVAILABLE').length;
  }

  get acknowledged(): number {
    const { people, open, ended } = this.balance;
    return people.size + open.size + ended.size;
  }

  /** What was acknowledged to all of them until now, for a server that has a copy of the data. */
  copy(browser: Crowd['browser']): Crowd {
    const copy = new Crowd(browser);
    for (const person of this.balance.people.values()) copy.balance.book({ kind: 'registered', person });
    for (const [session, email] of this.balance.open) copy.balance.book({ kind: 'opened', session, email });
    for (const session of this.balance.ended) copy.balance.book({ kind: 'left', session });
    return copy;
  }

  /** Leaves out sessions that are not open any more by what another one knows. */
  forgetOthersThan({ balance: { open } }: Crowd): void {
    for (const session of this.balance.open.keys()) if (!open.has(session)) this.balance.open.delete(session);
  }

  /** What was acknowledged and is not so: accounts that do not let their owner in, sessions gone or back again. */
  async lost(): Promise<unknown[]> {
    const lost: unknown[] = [];
    const { people, open, ended } = this.balance;
    for (const { email, password } of people.values()) {
      const { data } = await this.browser().send(LOGIN, { email, password });
      if (!data?.login) lost.push({ account: email });
    }
    for (const [session, email] of open) if ((await this.ownerOf(session)) !== email) lost.push({ open: email });
    for (const session of ended) if ((await this.ownerOf(session)) !== undefined) lost.push({ ended: session });
    return lost;
  }

  private async live(): Promise<void> {
    while (!this.stopped) {
      const person = { email: `${randomUUID()}@example.org`, password: randomUUID() };
      const browser = this.browser();
      if (!(await this.ask(() => browser.send(REGISTER, { ...person }), 'register'))) continue;
      this.balance.book({ kind: 'registered', person });
      this.opened(browser, person);
      for (let times = 0; times < 20; times++) {
        const profile = await this.ask(() => browser.send(PROFILE), 'profile');
        if (profile && profile.data.profile.email !== person.email) this.wrong.push(profile);
      }
      const other = this.browser();
      if (await this.ask(() => other.send(LOGIN, { ...person }), 'login')) this.opened(other, person);
      await this.leave(browser);
    }
  }

  private opened(browser: Browser, { email }: Person): void {
    this.balance.book({ kind: 'opened', session: sessionOf(browser), email });
  }

  /** Until it is acknowledged, nobody knows whether the session has ended. */
  private async leave(browser: Browser): Promise<void> {
    const session = sessionOf(browser);
    this.balance.book({ kind: 'leaving', session });
    if (await this.ask(() => browser.send(LOGOUT), 'logout')) this.balance.book({ kind: 'left', session });
  }

  /** The answer, where it is the one that was asked for. */
  private async ask(send: () => Promise<Answer>, field: string): Promise<Answer | undefined> {
    const began = performance.now();
    const answer = await send();
    const { code, status } = answer;
    this.answers.push({ code, wait: performance.now() - began });
    if (!code && answer.data?.[field]) return answer;
    if (!NOT_NOW.has(`${status} ${code}`)) this.wrong.push({ field, ...answer });
    return undefined;
  }

  private async ownerOf(session: string): Promise<string | undefined> {
    const { data } = await this.browser({ cookies: { session_id: session } }).send(PROFILE);
    return data.profile?.email;
  }
}

/** The database is away; and more hashes than the machine has cores for, which has nothing to do with it. */
const NOT_NOW = new Set(['503 UNAVAILABLE', '503 BUSY']);
