import fc from 'fast-check';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/core/clock.ts';
import type { TestApp } from '../app.ts';
import { CHANGE_PASSWORD, LOGIN, LOGOUT, REGISTER, REQUEST_PASSWORD_RESET, RESET_PASSWORD } from '../operations.ts';
import { Model, type Outcome, WEAK } from './model.ts';
import { RealService } from './real-service.ts';

type Action = (model: Model, service: RealService) => Promise<void>;

/** One action, run on the model and on the real service. Both must have the same outcome. */
class Step implements fc.AsyncCommand<Model, RealService> {
  constructor(
    private readonly label: string,
    private readonly action: Action,
    private readonly possible: (model: Model) => boolean = () => true,
  ) {}

  check = (model: Readonly<Model>) => this.possible(model as Model);

  async run(model: Model, service: RealService): Promise<void> {
    await this.action(model, service);
    await service.settle(model);
  }

  toString = () => this.label;
}

const PASSWORDS = ['correct horse battery', '日本語の長い合言葉'];
const browser = fc.nat(1);
/** One address in two spellings, and two others. */
const name = fc.constantFrom('ada', 'ADA', 'bob', 'eve');
/** So few that guesses are often right, or match a former password or another user's. */
const password = fc.constantFrom(...PASSWORDS);
const anyPassword = fc.oneof({ weight: 2, arbitrary: password }, fc.constantFrom(...WEAK));
/** An index into the sessions or tokens so far. */
const pick = fc.nat(1000);

const outcome = ({ code }: { code?: string }) => code ?? 'OK';
const ofMany = <T>(all: readonly T[], index: number) => all[index % all.length] as T;

const registerStep = (at: number, user: string, password: string) =>
  new Step(`register(${at}, ${user}, ${password})`, async (model, service) => {
    const response = await service.browser(at).send(REGISTER, { email: service.address(user), password });
    expect(outcome(response)).toBe(model.register(at, user, password));
  });

const register = fc.tuple(browser, name, anyPassword).map(values => registerStep(...values));

/** Every sequence starts with one user signed in at each browser. */
const BEGINNING = [registerStep(0, 'ada', PASSWORDS[0] as string), registerStep(1, 'bob', PASSWORDS[1] as string)];

const login = fc.tuple(browser, name, password, fc.boolean()).map(
  ([at, user, password, rememberMe]) =>
    new Step(`login(${at}, ${user}, ${password}, ${rememberMe})`, async (model, service) => {
      const response = await service.browser(at).send(LOGIN, { email: service.address(user), password, rememberMe });
      expect(outcome(response)).toBe(model.login(at, user, password, rememberMe));
    }),
);

const logout = browser.map(
  at =>
    new Step(`logout(${at})`, async (model, service) => {
      expect((await service.browser(at).send(LOGOUT)).data.logout).toBe(model.logout(at));
    }),
);

const view = browser.map(
  at => new Step(`view(${at})`, (model, service) => service.expectSession(service.browser(at), model.visit(at))),
);

const requestReset = fc.tuple(browser, name).map(
  ([at, user]) =>
    new Step(`requestReset(${at}, ${user})`, async (model, service) => {
      const { data } = await service.browser(at).send(REQUEST_PASSWORD_RESET, { email: service.address(user) });
      expect(data).toEqual({ requestPasswordReset: true });
      model.requestReset(at, user);
    }),
);

const changePassword = fc.tuple(browser, password, anyPassword).map(
  ([at, currentPassword, newPassword]) =>
    new Step(`changePassword(${at}, ${currentPassword}, ${newPassword})`, async (model, service) => {
      const response = await service.browser(at).send(CHANGE_PASSWORD, { currentPassword, newPassword });
      expect(outcome(response)).toBe(model.changePassword(at, currentPassword, newPassword));
    }),
);

/** Picks the newest token most often, because most older ones are invalid. */
const anyToken = fc.oneof(fc.constant(-1), pick);
const tokenOf = ({ tokens }: Model, index: number) => (index < 0 ? tokens[tokens.length - 1] : ofMany(tokens, index));
const hasTokens = ({ tokens }: Model) => tokens.length > 0;

const reset = fc.tuple(browser, anyToken, anyPassword).map(
  ([at, index, newPassword]) =>
    new Step(
      `reset(${at}, token ${index}, ${newPassword})`,
      async (model, service) => {
        const token = tokenOf(model, index);
        const response = await service
          .browser(at)
          .send(RESET_PASSWORD, { token: token && service.tokenOf(token), newPassword });
        expect(outcome(response)).toBe(model.reset(at, token, newPassword));
      },
      hasTokens,
    ),
);

const STATUS: Record<Outcome, number> = {
  OK: 200,
  BAD_USER_INPUT: 400,
  EMAIL_TAKEN: 400,
  INVALID_CREDENTIALS: 401,
  TOKEN_INVALID: 403,
  UNAUTHENTICATED: 401,
};

/** The REST route also requires the address, and rejects another user's token. */
const resetByForm = fc.tuple(browser, anyToken, name, anyPassword).map(
  ([at, index, user, newPassword]) =>
    new Step(
      `resetByForm(${at}, token ${index}, ${user}, ${newPassword})`,
      async (model, service) => {
        const token = tokenOf(model, index);
        const fields = { email: service.address(user), new_password: newPassword };
        const form = { ...fields, reset_token: token ? service.tokenOf(token) : '' };
        const { status } = await service.browser(at).form('PUT', '/reset_password', form);
        expect(status).toBe(STATUS[model.reset(at, token, newPassword, user)]);
      },
      hasTokens,
    ),
);

const DAMAGED: Record<string, (token: string) => string> = {
  empty: () => '',
  cut: token => token.slice(0, -1),
  longer: token => `${token}A`,
  'in the other case': token => token.replace(/[a-z]/i, letter => flipped(letter)),
  'of another alphabet': token => `${token.slice(0, -1)}+`,
};
const flipped = (letter: string) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase());

const resetDamaged = fc.tuple(browser, anyToken, fc.constantFrom(...Object.keys(DAMAGED)), password).map(
  ([at, index, how, newPassword]) =>
    new Step(
      `resetDamaged(${at}, token ${index}, ${how})`,
      async (model, service) => {
        const live = tokenOf(model, index);
        const token = DAMAGED[how]?.(live ? service.tokenOf(live) : '');
        const response = await service.browser(at).send(RESET_PASSWORD, { token, newPassword });
        expect(outcome(response)).toBe(model.reset(at, undefined, newPassword));
      },
      hasTokens,
    ),
);

/** A session cookie is not a reset token. */
const resetByCookie = fc.tuple(pick, password).map(
  ([index, newPassword]) =>
    new Step(
      `resetByCookie(session ${index})`,
      async (model, service) => {
        const token = service.cookieOf(ofMany(model.sessions, index));
        const response = await service.app.browser().send(RESET_PASSWORD, { token, newPassword });
        expect(outcome(response)).toBe('TOKEN_INVALID');
      },
      ({ sessions }) => sessions.length > 0,
    ),
);

/** Sends an old session token outside a browser, as a cookie or as a bearer token. */
const replay = fc.tuple(pick, fc.boolean()).map(
  ([index, bearer]) =>
    new Step(
      `replay(session ${index}, ${bearer ? 'as bearer' : 'as cookie'})`,
      async (model, service) => {
        const session = ofMany(model.sessions, index);
        const token = service.cookieOf(session);
        const credentials = bearer
          ? { headers: { authorization: `Bearer ${token}` } }
          : { cookies: { session_id: token } };
        await service.expectSession(service.app.browser(credentials), model.use(session));
      },
      ({ sessions }) => sessions.length > 0,
    ),
);

/** Puts the cookie of any session, old or new, into a browser. */
const plant = fc.tuple(browser, pick).map(
  ([at, index]) =>
    new Step(
      `plant(${at}, session ${index})`,
      async (model, service) => {
        const session = ofMany(model.sessions, index);
        model.browsers[at] = session;
        service.browser(at).cookies.session_id = service.cookieOf(session);
      },
      ({ sessions }) => sessions.length > 0,
    ),
);

function advanceClocks(model: Model, service: RealService, ms: number): void {
  model.now += ms;
  service.app.clock.advance({ ms });
}

const SHORT = [SECOND, MINUTE, 10 * MINUTE];
const LONG = [30 * MINUTE - SECOND, 30 * MINUTE, HOUR, 12 * HOUR, DAY, 7 * DAY - SECOND, 7 * DAY, 30 * DAY];

const wait = fc
  .oneof(fc.constantFrom(...SHORT), fc.constantFrom(...LONG))
  .map(ms => new Step(`wait(${ms / MINUTE} minutes)`, async (model, service) => advanceClocks(model, service, ms)));

/** Regular use prevents the idle timeout, but not the end of the session's lifetime, which takes weeks to reach. */
const visitRegularly = fc.tuple(browser, fc.integer({ min: 4, max: 6 }), fc.integer({ min: 4, max: 8 })).map(
  ([at, days, times]) =>
    new Step(`visitRegularly(${at}, every ${days} days, ${times} times)`, async (model, service) => {
      for (let time = 0; time < times; time++) {
        advanceClocks(model, service, days * DAY);
        await service.expectSession(service.browser(at), model.visit(at));
        await service.settle(model);
      }
    }),
);

const EVERY_STEP = [register, login, login, logout, view, requestReset, requestReset, reset, reset, resetByForm].concat(
  [changePassword, resetDamaged, resetByCookie, replay, replay, plant, wait, wait, visitRegularly],
);
const anySequence = fc.commands(EVERY_STEP, { size: 'max', maxCommands: 60 });

interface Options {
  sequences: number;
  /** Random when absent; a failure reports it. */
  seed?: number;
}

/** Runs random sequences, and after each tries every session and token that was ever issued. */
export async function agreesWithModel(app: TestApp, { sequences, seed }: Options): Promise<void> {
  let runs = 0;
  const property = fc.asyncProperty(anySequence, async sequence => {
    runs += 1;
    const real = new RealService(app, `run${runs}.example.org`);
    const model = new Model(app.clock.now().getTime());
    for (const step of BEGINNING) await step.run(model, real);
    await fc.asyncModelRun(() => ({ model, real }), sequence);
    await real.expectAgreement(model);
  });
  await fc.assert(property, { numRuns: sequences, seed });
}
