import { randomBytes, randomUUID } from 'node:crypto';
import bcrypt from 'bcrypt';
import SQLite from 'better-sqlite3';
import { type Running, start } from './processes.ts';

/** One above the minimum, to allow for an older, cheaper hash. */
const COST = 11;
/** Wrong passwords in a row until an account is locked. */
const MAX_WRONG_IN_A_ROW = 100;
const RIGHT = 'correct horse battery staple';
const WRONG = 'wrong zebra capacitor nail';

const REGISTER =
  'mutation ($email: String!, $password: String!) { register(email: $email, password: $password) { __typename } }';
const LOGIN =
  'mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { __typename } }';
const REQUEST = 'mutation ($email: String!) { requestPasswordReset(email: $email) }';
const RESET = 'mutation ($token: String!, $password: String!) { resetPassword(token: $token, newPassword: $password) }';

/** One case: sends its request of this round, and throws when the response is not the expected one. */
export type Case = [name: string, send: (round: number) => Promise<void>];

/** A server with accounts for every case. Limits are on: each request has a client address of its own. */
export class EvenTimeServer {
  private readonly server: Running;
  private readonly file: string;
  private readonly rounds: number;
  private readonly used: string[] = [];
  private readonly expired: string[] = [];

  private constructor(server: Running, file: string, rounds: number) {
    this.server = server;
    this.file = file;
    this.rounds = rounds;
  }

  static async open(file: string, smtpPort: number, rounds: number): Promise<EvenTimeServer> {
    const server = await start(['dist/src/cli/bienvenue.js', 'serve'], {
      DATABASE_URL: `sqlite:${file}`,
      SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
      MAIL_FROM: 'bienvenue@example.org',
      BIENVENUE_BCRYPT_COST: String(COST),
      BIENVENUE_TRUSTED_PROXIES: '127.0.0.0/8',
      BIENVENUE_EXPOSE_RESET_TOKEN: 'on',
      BIENVENUE_EMAIL_VERIFICATION: 'required',
    });
    const opened = new EvenTimeServer(server, file, rounds);
    await opened.createAccounts();
    return opened;
  }

  close(): void {
    this.server.stop();
  }

  /** Seven reasons to fail. */
  readonly logins: Case[] = [
    ['no account', () => this.failToLogIn(`${randomUUID()}@example.org`, RIGHT)],
    ['wrong password', () => this.failToLogIn('active@example.org', WRONG)],
    ['locked account, right password', () => this.failToLogIn('locked@example.org', RIGHT)],
    ['locked account, wrong password', () => this.failToLogIn('locked@example.org', WRONG)],
    ['account without a password', () => this.failToLogIn('without@example.org', RIGHT)],
    ['hash of a lower cost', () => this.failToLogIn('cheap@example.org', WRONG)],
    ['hash whose key is lost', () => this.failToLogIn('orphan@example.org', RIGHT)],
  ];

  readonly expensiveLogins: Case[] = [
    ['no account', () => this.failToLogIn(`${randomUUID()}@example.org`, RIGHT)],
    ['hash of a higher cost', () => this.failToLogIn('dear@example.org', WRONG)],
  ];

  readonly resets: Case[] = [
    ['unknown', () => this.failToReset(randomBytes(32).toString('base64url'))],
    ['used', round => this.failToReset(this.used[round] as string)],
    ['expired', round => this.failToReset(this.expired[round] as string)],
  ];

  /** New accounts for each round: an address with many registrations is over the limit, which is a case of its own. */
  registrations(): Case[] {
    const [verified, unverified] = [this.addAccounts(this.rounds), this.addAccounts(this.rounds)];
    for (const email of verified) this.change('update users set email_verified_at = created_at where email = ?', email);
    return [
      ['no account', () => this.register(`${randomUUID()}@example.org`)],
      ['verified account', round => this.register(verified[round] as string)],
      ['unverified account', round => this.register(unverified[round] as string)],
      ['account over the limit', () => this.register('active@example.org')],
    ];
  }

  /** New accounts for each call, since an address gets one mail in five minutes. */
  requestsForReset(): Case[] {
    const known = this.addAccounts(this.rounds);
    return [
      ['no account', () => this.requestReset(`${randomUUID()}@example.org`)],
      ['account', round => this.requestReset(known[round] as string)],
    ];
  }

  private async createAccounts(): Promise<void> {
    for (const name of ['active', 'locked', 'without', 'cheap', 'dear', 'orphan']) {
      await this.expect(undefined, REGISTER, { email: `${name}@example.org`, password: RIGHT });
    }
    this.store('without', null);
    this.store('cheap', `bv1$none$${await bcrypt.hash(RIGHT, COST - 1)}`);
    this.store('dear', `bv1$none$${await bcrypt.hash(RIGHT, COST + 1)}`);
    this.store('orphan', `bv1$gone$${await bcrypt.hash(RIGHT, COST)}`);
    for (let guess = 0; guess < MAX_WRONG_IN_A_ROW; guess++) await this.failToLogIn('locked@example.org', WRONG);

    const [spent, late] = [this.addAccounts(this.rounds), this.addAccounts(this.rounds)];
    for (const email of spent) {
      const token = await this.tokenOf(email);
      await this.expect(undefined, RESET, { token, password: WRONG });
      this.used.push(token);
    }
    for (const email of late) this.expired.push(await this.tokenOf(email));
    this.change('update tokens set expires_at = ?', Date.now() - 1000);
  }

  /** Copies of the first account: hashing for each would take minutes. */
  private addAccounts(count: number): string[] {
    const emails = Array.from({ length: count }, () => `${randomUUID()}@example.org`);
    for (const email of emails) {
      this.change(
        `insert into users (id, email, canonical_email, password_hash, credential_version, created_at)
         select ?, ?, ?, password_hash, 1, created_at from users where email = 'active@example.org'`,
        randomUUID(),
        email,
        email,
      );
    }
    return emails;
  }

  private store(name: string, hash: string | null): void {
    this.change('update users set password_hash = ? where email = ?', hash, `${name}@example.org`);
  }

  private change(sql: string, ...values: unknown[]): void {
    const database = new SQLite(this.file);
    database.prepare(sql).run(...values);
    database.close();
  }

  private async tokenOf(email: string): Promise<string> {
    const response = await this.post('/reset_password', { email });
    return ((await response.json()) as { reset_token: string }).reset_token;
  }

  private register(email: string): Promise<void> {
    return this.expect(undefined, REGISTER, { email, password: RIGHT });
  }

  private failToLogIn(email: string, password: string): Promise<void> {
    return this.expect('INVALID_CREDENTIALS', LOGIN, { email, password });
  }

  private failToReset(token: string): Promise<void> {
    return this.expect('TOKEN_INVALID', RESET, { token, password: WRONG });
  }

  private requestReset(email: string): Promise<void> {
    return this.expect(undefined, REQUEST, { email });
  }

  /** Checks that the response is the one of this case. */
  private async expect(code: string | undefined, query: string, variables: object): Promise<void> {
    const response = await this.post('/graphql', { query, variables });
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    const received = errors?.[0]?.extensions.code;
    if (received !== code)
      throw new Error(`expected ${code ?? 'success'}, received ${received ?? 'success'}: ${query}`);
  }

  private post(path: string, body: object): Promise<Response> {
    const from = `10.${[...randomBytes(3)].join('.')}`;
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': from };
    return fetch(`${this.server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  }
}
