import { type Browser, type TestApp, tokenIn } from '../app.ts';
import { PROFILE, RESET_PASSWORD, SESSION } from '../operations.ts';
import type { Model, ModelSession, ModelToken } from './model.ts';

/** The service beside its model: the same two browsers, and what each session and token of the model is called there. */
export class House {
  readonly browsers: [Browser, Browser];
  private readonly cookies = new Map<ModelSession, string>();
  private readonly tokens = new Map<ModelToken, string>();

  constructor(
    readonly app: TestApp,
    /** Nobody of another run has such an address. */
    private readonly domain: string,
  ) {
    this.browsers = [app.browser(), app.browser()];
    app.auth.devMailbox?.mails.splice(0);
  }

  address = (name: string) => `${name}@${this.domain}`;

  browser(index: number): Browser {
    return this.browsers[index] as Browser;
  }

  /** The cookie of this session, or one that nobody has. */
  cookieOf = (session: ModelSession) => this.cookies.get(session) ?? '';

  tokenOf = (token: ModelToken) => this.tokens.get(token) ?? '';

  /** Learns what a sign-in or a mail has brought, and holds browsers and mails to the model. */
  async settle(model: Model): Promise<void> {
    // Last uses are written now rather than within a second, so that the clock decides alone.
    const mails = await this.app.mails();
    const told = mails.map(({ to }) => to.toLowerCase()).reverse();
    expect(told).toEqual(model.mails.map(this.address));

    const token = model.tokens.at(-1);
    if (token && !this.tokens.has(token)) this.tokens.set(token, tokenIn(mails[0]));
    const session = model.sessions.at(-1);
    const newCookie = this.browser(model.browsers.indexOf(session))?.cookies.session_id;
    if (session && newCookie && !this.cookies.has(session)) this.cookies.set(session, newCookie);

    const held = model.browsers.map(holds => holds && this.cookieOf(holds));
    expect(this.browsers.map(({ cookies }) => cookies.session_id)).toEqual(held);
  }

  /** Whether what somebody carries is the session that the model says it is, or none. */
  async isUnder(browser: Browser, session: ModelSession | undefined): Promise<void> {
    const profile = await browser.send(PROFILE);
    expect(profile.data.profile?.email.toLowerCase()).toEqual(session && this.address(session.owner));

    const { data } = await browser.send(SESSION);
    const { createdAt, expiresAt } = data.session ?? {};
    const stated = session && [session.startedAt, session.endsAt].map(time => new Date(time).toISOString());
    expect([createdAt, expiresAt]).toEqual(stated ?? [undefined, undefined]);
  }

  /** Tries every session and every token that there ever was. */
  async agrees(model: Model): Promise<void> {
    for (const session of model.sessions) {
      const browser = this.app.browser({ cookies: { session_id: this.cookieOf(session) } });
      await this.isUnder(browser, model.use(session));
    }
    for (const token of model.tokens) {
      const answer = await this.app
        .browser()
        .send(RESET_PASSWORD, { token: this.tokenOf(token), newPassword: 'short' });
      const works = !token.dead && model.now < token.expiresAt;
      expect(answer.code).toBe(works ? 'BAD_USER_INPUT' : 'TOKEN_INVALID');
    }
  }
}
