import { randomUUID } from 'node:crypto';
import { type Browser, LOGIN, LOGOUT, type Person, PROFILE, REGISTER } from './app.ts';
import type { Answer } from './browser.ts';

/** People who register, log in and out and ask who they are, and all that was acknowledged to them. */
export class Crowd {
  /** Neither what was asked for nor UNAVAILABLE or BUSY. */
  readonly wrong: unknown[] = [];
  /** Since they were last looked at. */
  answers: { code?: string; wait: number }[] = [];
  readonly accounts: Person[] = [];
  readonly ended: string[] = [];
  private readonly open = new Map<string, Person>();
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
    return this.accounts.length + this.open.size + this.ended.length;
  }

  /** What was acknowledged to all of them until now, for a server that has a copy of the data. */
  copy(browser: Crowd['browser']): Crowd {
    const copy = new Crowd(browser);
    copy.accounts.push(...this.accounts);
    copy.ended.push(...this.ended);
    for (const [session, person] of this.open) copy.open.set(session, person);
    return copy;
  }

  /** Leaves out sessions that are not open any more by what another one knows. */
  forgetOthersThan({ open }: Crowd): void {
    for (const session of this.open.keys()) if (!open.has(session)) this.open.delete(session);
  }

  /** Those that nobody has left. */
  get openSessions(): string[] {
    return [...this.open.keys()];
  }

  /** What was acknowledged and is not so: accounts that do not let their owner in, sessions gone or back again. */
  async lost(): Promise<unknown[]> {
    const lost: unknown[] = [];
    for (const { email, password } of this.accounts) {
      const { data } = await this.browser().send(LOGIN, { email, password });
      if (!data?.login) lost.push({ account: email });
    }
    for (const [session, { email }] of this.open)
      if ((await this.ownerOf(session)) !== email) lost.push({ open: email });
    for (const session of this.ended) if ((await this.ownerOf(session)) !== undefined) lost.push({ ended: session });
    return lost;
  }

  private async live(): Promise<void> {
    while (!this.stopped) {
      const person = { email: `${randomUUID()}@example.org`, password: randomUUID() };
      const browser = this.browser();
      if (!(await this.ask(() => browser.send(REGISTER, { ...person }), 'register'))) continue;
      this.accounts.push(person);
      this.open.set(sessionOf(browser), person);
      for (let times = 0; times < 20; times++) {
        const profile = await this.ask(() => browser.send(PROFILE), 'profile');
        if (profile && profile.data.profile.email !== person.email) this.wrong.push(profile);
      }
      const other = this.browser();
      if (await this.ask(() => other.send(LOGIN, { ...person }), 'login')) this.open.set(sessionOf(other), person);
      await this.leave(browser);
    }
  }

  /** Until it is acknowledged, nobody knows whether the session has ended. */
  private async leave(browser: Browser): Promise<void> {
    const session = sessionOf(browser);
    this.open.delete(session);
    if (await this.ask(() => browser.send(LOGOUT), 'logout')) this.ended.push(session);
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

const sessionOf = (browser: Browser) => browser.cookies.session_id as string;
