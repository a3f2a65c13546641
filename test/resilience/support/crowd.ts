import { randomUUID } from 'node:crypto';
import { type Browser, LOGIN, LOGOUT, type Person, PROFILE, REGISTER, sessionOf } from '../../support/app.ts';
import type { GraphQLResponse } from '../../support/browser.ts';
import { Balance } from './ledger.ts';

/** Concurrent users who register, log in and out and query their profile, and all that the service acknowledged to them. */
export class Crowd {
  /** Responses other than the expected one, UNAVAILABLE or BUSY. */
  readonly wrong: unknown[] = [];
  /** Responses since the list was last cleared. */
  responses: { code?: string; wait: number }[] = [];
  readonly balance = new Balance();
  private running: Promise<unknown>[] = [];
  private stopped = false;

  constructor(private readonly browser: (options?: { cookies: Record<string, string> }) => Browser) {}

  /** Starts this number of users; each sends its requests in sequence. */
  start(people: number): void {
    this.stopped = false;
    this.running = Array.from({ length: people }, () => this.useService());
    // stop() throws what a user ran into. Until then it must not end the process.
    for (const user of this.running) user.catch(() => {});
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  get slowest(): number {
    return Math.max(0, ...this.responses.map(({ wait }) => wait));
  }

  get failures(): number {
    return this.responses.filter(({ code }) => code === 'UNAVAILABLE').length;
  }

  get acknowledged(): number {
    const { people, open, ended } = this.balance;
    return people.size + open.size + ended.size;
  }

  /** A copy with everything acknowledged so far, to check a server that has a copy of the data. */
  copy(browser: Crowd['browser']): Crowd {
    const copy = new Crowd(browser);
    for (const person of this.balance.people.values()) copy.balance.record({ kind: 'registered', person });
    for (const [session, email] of this.balance.open) copy.balance.record({ kind: 'opened', session, email });
    for (const session of this.balance.ended) copy.balance.record({ kind: 'logged out', session });
    return copy;
  }

  /** Drops the sessions that are no longer open in the given crowd. */
  keepOpenIn({ balance: { open } }: Crowd): void {
    for (const session of this.balance.open.keys()) if (!open.has(session)) this.balance.open.delete(session);
  }

  /** Acknowledged state that the service lost: accounts that cannot log in, and sessions that vanished or came back. */
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

  private async useService(): Promise<void> {
    while (!this.stopped) {
      const person = { email: `${randomUUID()}@example.org`, password: randomUUID() };
      const browser = this.browser();
      if (!(await this.attempt(() => browser.send(REGISTER, { ...person }), 'register'))) continue;
      this.balance.record({ kind: 'registered', person });
      this.opened(browser, person);
      for (let times = 0; times < 20 && !this.stopped; times++) {
        const profile = await this.attempt(() => browser.send(PROFILE), 'profile');
        if (profile && profile.data.profile.email !== person.email) this.wrong.push(profile);
      }
      const other = this.browser();
      if (await this.attempt(() => other.send(LOGIN, { ...person }), 'login')) this.opened(other, person);
      await this.logOut(browser);
    }
  }

  private opened(browser: Browser, { email }: Person): void {
    this.balance.record({ kind: 'opened', session: sessionOf(browser), email });
  }

  /** Until the response arrives it is unknown whether the session has ended. */
  private async logOut(browser: Browser): Promise<void> {
    const session = sessionOf(browser);
    this.balance.record({ kind: 'logging out', session });
    if (await this.attempt(() => browser.send(LOGOUT), 'logout')) this.balance.record({ kind: 'logged out', session });
  }

  /** Returns the response if it is the expected one. */
  private async attempt(send: () => Promise<GraphQLResponse>, field: string): Promise<GraphQLResponse | undefined> {
    const began = performance.now();
    const response = await send();
    const { code, status } = response;
    this.responses.push({ code, wait: performance.now() - began });
    if (!code && response.data?.[field]) return response;
    if (!TEMPORARY.has(`${status} ${code}`)) this.wrong.push({ field, ...response });
    return undefined;
  }

  private async ownerOf(session: string): Promise<string | undefined> {
    const { data } = await this.browser({ cookies: { session_id: session } }).send(PROFILE);
    return data.profile?.email;
  }
}

/** UNAVAILABLE while the database is down; BUSY when there are more hashes than cores, which is unrelated to it. */
const TEMPORARY = new Set(['503 UNAVAILABLE', '503 BUSY']);
