import { randomUUID } from 'node:crypto';
import {
  type Browser,
  LOGIN,
  LOGOUT,
  type Person,
  REGISTER,
  REQUEST_PASSWORD_RESET,
  RESET_PASSWORD,
  sessionOf,
} from '../../support/app.ts';
import type { Ledger, Reset } from './ledger.ts';

/** Most of what is asked costs no hash, so that a thousand acknowledgements take seconds. */
const MAILS_ASKED = 16;
/** As many as may live at once. */
const TOKENS_ASKED = 3;

/** One person who uses everything there is, and notes each answer in the ledger before asking for more. */
export class Life {
  private readonly person: Person = { email: `${randomUUID()}@example.org`, password: randomUUID() };

  constructor(
    private readonly browser: () => Browser,
    private readonly ledger: Ledger,
  ) {}

  /** Ends with a session that stays open, and tokens that nobody uses. */
  async comeAndGo(): Promise<void> {
    const first = await this.register();
    await this.login();
    await this.logout(first);
    for (let token = 0; token < TOKENS_ASKED; token++) await this.askForToken();
  }

  /** Ends without a session and with another password. */
  async forgetPassword(): Promise<void> {
    const reset = await this.aboutToReset();
    await reset();
    // Not before: the tokens of these mails would take the place of the other.
    for (let mail = 0; mail < MAILS_ASKED; mail++) await this.askForMail();
  }

  /** Has an account and a token. What it gives sets the new password. */
  async aboutToReset(): Promise<() => Promise<void>> {
    const { email, password: oldPassword } = this.person;
    await this.register();
    const token = await this.askForToken();
    return () => this.reset({ email, token, oldPassword, newPassword: randomUUID() });
  }

  private async register(): Promise<Browser> {
    const browser = this.browser();
    await succeed(browser, REGISTER, { ...this.person });
    this.ledger.write({ kind: 'registered', person: { ...this.person } });
    this.opened(browser);
    return browser;
  }

  private async login(): Promise<void> {
    const browser = this.browser();
    await succeed(browser, LOGIN, { ...this.person });
    this.opened(browser);
  }

  private async logout(browser: Browser): Promise<void> {
    const session = sessionOf(browser);
    this.ledger.write({ kind: 'leaving', session });
    await succeed(browser, LOGOUT);
    this.ledger.write({ kind: 'left', session });
  }

  private async askForToken(): Promise<string> {
    const { email } = this.person;
    const answer = await this.browser().form('POST', '/reset_password', { email });
    const { reset_token: token } = (await answer.json()) as { reset_token: string };
    this.ledger.write({ kind: 'issued', token, email });
    return token;
  }

  private async reset(reset: Reset): Promise<void> {
    const { token, newPassword } = reset;
    this.ledger.write({ kind: 'resetting', reset });
    await succeed(this.browser(), RESET_PASSWORD, { token, newPassword });
    this.ledger.write({ kind: 'reset', reset });
  }

  private async askForMail(): Promise<void> {
    const { email } = this.person;
    await succeed(this.browser(), REQUEST_PASSWORD_RESET, { email });
    this.ledger.write({ kind: 'mail asked', email });
  }

  private opened(browser: Browser): void {
    this.ledger.write({ kind: 'opened', session: sessionOf(browser), email: this.person.email });
  }
}

/** Sends an operation that has to succeed, or to be cut off by the kill. BUSY changed nothing, so it is sent again. */
async function succeed(browser: Browser, query: string, variables = {}): Promise<void> {
  for (;;) {
    const { code, errors } = await browser.send(query, variables);
    if (!errors) return;
    if (code !== 'BUSY') throw new Error(JSON.stringify(errors));
  }
}
