import { randomUUID } from 'node:crypto';
import {
  type Browser,
  CHANGE_PASSWORD,
  LOGIN,
  LOGOUT,
  type Person,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  sessionOf,
} from '../../support/app.ts';
import type { GraphQLResponse } from '../../support/browser.ts';
import type { Ledger, PasswordChange, Reset } from './ledger.ts';

/** Most requests need no hash, so that a thousand acknowledgements take seconds. */
const MAIL_REQUESTS = 16;
/** The maximum number of valid tokens of one account. */
const TOKEN_REQUESTS = 3;

/** One user who uses every operation, and records each response in the ledger before the next request. */
export class UserJourney {
  private readonly person: Person = { email: `${randomUUID()}@example.org`, password: randomUUID() };

  constructor(
    private readonly browser: () => Browser,
    private readonly ledger: Ledger,
  ) {}

  /** Leaves one open session and unused tokens. */
  async registerAndLogOut(): Promise<void> {
    const first = await this.register();
    await this.login();
    await this.logout(first);
    for (let token = 0; token < TOKEN_REQUESTS; token++) await this.requestToken();
  }

  /** Leaves no session and a new password. */
  async resetPassword(): Promise<void> {
    const reset = await this.prepareReset();
    await reset();
    // After the reset, because the tokens of these mails would replace the one it uses.
    for (let mail = 0; mail < MAIL_REQUESTS; mail++) await this.requestMail();
  }

  /** Registers and requests a token. The returned function sets the new password. */
  async prepareReset(): Promise<() => Promise<void>> {
    const { email, password: oldPassword } = this.person;
    await this.register();
    const token = await this.requestToken();
    return () => this.reset({ email, token, oldPassword, newPassword: randomUUID() });
  }

  /** Leaves one session and a new password. */
  async changePassword(): Promise<void> {
    const change = await this.prepareChange();
    await change();
  }

  /** Registers and logs in elsewhere. The returned function changes the password in the browser of the registration. */
  async prepareChange(): Promise<() => Promise<void>> {
    const { email, password: oldPassword } = this.person;
    const browser = await this.register();
    await this.login();
    return () => this.change(browser, { email, oldPassword, newPassword: randomUUID() });
  }

  private async register(): Promise<Browser> {
    const browser = this.browser();
    await succeed(browser, REGISTER, { ...this.person });
    this.ledger.write({ kind: 'registered', person: { ...this.person } });
    this.recordSession(browser);
    return browser;
  }

  private async login(): Promise<void> {
    const browser = this.browser();
    await succeed(browser, LOGIN, { ...this.person });
    this.recordSession(browser);
  }

  private async logout(browser: Browser): Promise<void> {
    const session = sessionOf(browser);
    this.ledger.write({ kind: 'logging out', session });
    await succeed(browser, LOGOUT);
    this.ledger.write({ kind: 'logged out', session });
  }

  private async requestToken(): Promise<string> {
    const { email } = this.person;
    const response = await this.browser().form('POST', '/reset_password', { email });
    const { reset_token: token } = (await response.json()) as { reset_token: string };
    this.ledger.write({ kind: 'issued', token, email });
    return token;
  }

  private async reset(reset: Reset): Promise<void> {
    const { token, newPassword } = reset;
    this.ledger.write({ kind: 'resetting', reset });
    await succeed(this.browser(), RESET_PASSWORD, { token, newPassword });
    this.ledger.write({ kind: 'reset', reset });
  }

  private async change(browser: Browser, change: PasswordChange): Promise<void> {
    const { oldPassword: currentPassword, newPassword } = change;
    this.ledger.write({ kind: 'changing', change });
    await succeed(browser, CHANGE_PASSWORD, { currentPassword, newPassword });
    this.ledger.write({ kind: 'changed', change });
    this.recordSession(browser);
  }

  private async requestMail(): Promise<void> {
    const { email } = this.person;
    await succeed(this.browser(), REQUEST_PASSWORD_RESET, { email });
    this.ledger.write({ kind: 'mail requested', email });
  }

  private recordSession(browser: Browser): void {
    this.ledger.write({ kind: 'opened', session: sessionOf(browser), email: this.person.email });
  }
}

/** Sends an operation that must succeed unless the kill interrupts it. */
async function succeed(browser: Browser, query: string, variables = {}): Promise<void> {
  const { errors } = await sendUntilHandled(browser, query, variables);
  if (errors) throw new Error(JSON.stringify(errors));
}

/** The first response other than BUSY, which a slow machine sends more often. It means that nothing changed. */
export async function sendUntilHandled(browser: Browser, query: string, variables: object): Promise<GraphQLResponse> {
  for (;;) {
    const response = await browser.send(query, { ...variables });
    if (response.code !== 'BUSY') return response;
  }
}
