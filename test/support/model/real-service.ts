import { type Browser, type TestApp, tokenIn } from '../app.ts';
import { PROFILE, RESET_PASSWORD, SESSION } from '../operations.ts';
import type { Model, ModelSession, ModelToken } from './model.ts';

/** Drives the real service: two browsers, and the real cookie and token for each session and token of the model. */
export class RealService {
  readonly browsers: [Browser, Browser];
  private readonly cookies = new Map<ModelSession, string>();
  private readonly tokens = new Map<ModelToken, string>();

  constructor(
    readonly app: TestApp,
    /** Unique to the run, so that addresses of different runs never collide. */
    private readonly domain: string,
  ) {
    this.browsers = [app.browser(), app.browser()];
    app.auth.devMailbox?.mails.splice(0);
  }

  address = (name: string) => `${name}@${this.domain}`;

  browser(index: number): Browser {
    return this.browsers[index] as Browser;
  }

  /** The cookie of this session, or an invalid one. */
  cookieOf = (session: ModelSession) => this.cookies.get(session) ?? '';

  tokenOf = (token: ModelToken) => this.tokens.get(token) ?? '';

  /** Records new cookies and tokens, and compares browsers and mails with the model. */
  async settle(model: Model): Promise<void> {
    // allMails() also flushes the last-used times, which otherwise happens within a second of real time.
    const mails = await this.app.allMails();
    const sent = mails.map(({ to, subject }) => ({ to: to.toLowerCase(), subject })).reverse();
    expect(sent).toEqual(model.mails.map(({ to, subject }) => ({ to: this.address(to), subject })));

    const token = model.tokens.at(-1);
    if (token && !this.tokens.has(token)) this.tokens.set(token, tokenIn(mails[0]));
    const session = model.sessions.at(-1);
    const newCookie = this.browser(model.browsers.indexOf(session))?.cookies.session_id;
    if (session && newCookie && !this.cookies.has(session)) this.cookies.set(session, newCookie);

    const held = model.browsers.map(session => session && this.cookieOf(session));
    expect(this.browsers.map(({ cookies }) => cookies.session_id)).toEqual(held);
  }

  /** Expects the browser to be signed in with exactly this session, or not at all. */
  async expectSession(browser: Browser, session: ModelSession | undefined): Promise<void> {
    const profile = await browser.send(PROFILE);
    expect(profile.data.profile?.email.toLowerCase()).toEqual(session && this.address(session.owner));

    const { data } = await browser.send(SESSION);
    const { createdAt, expiresAt } = data.session ?? {};
    const expected = session && [session.startedAt, session.endsAt].map(time => new Date(time).toISOString());
    expect([createdAt, expiresAt]).toEqual(expected ?? [undefined, undefined]);
  }

  /** The types of an account's kept events, sorted: those of mails are recorded when the mail is rendered. */
  private async eventsOf(owner: string): Promise<string[]> {
    const kept = this.app.clock.now().getTime() - this.app.options.eventsKeep;
    const { edges } = await this.app.auth.work(async ({ admin }) => {
      const user = await admin.userByEmail(this.address(owner));
      return admin.events({ userId: user?.id }, { first: 100 });
    });
    const events = edges.map(({ node }) => node).filter(({ at }) => at.getTime() > kept);
    return events.map(({ type }) => type).sort();
  }

  /** Compares the events of every account, and tries every session and every token that was ever issued. */
  async expectAgreement(model: Model): Promise<void> {
    for (const owner of model.users.keys())
      expect([owner, await this.eventsOf(owner)]).toEqual([owner, model.eventsOf(owner).sort()]);
    for (const session of model.sessions) {
      const browser = this.app.browser({ cookies: { session_id: this.cookieOf(session) } });
      await this.expectSession(browser, model.use(session));
    }
    for (const token of model.tokens) {
      const response = await this.app
        .browser()
        .send(RESET_PASSWORD, { token: this.tokenOf(token), newPassword: 'short' });
      const works = !token.invalid && model.now < token.expiresAt;
      expect(response.code).toBe(works ? 'BAD_USER_INPUT' : 'TOKEN_INVALID');
    }
  }
}
