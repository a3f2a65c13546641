import fc from 'fast-check';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/core/clock.ts';
import type { TestApp } from '../app.ts';
import { LOGIN, LOGOUT, REGISTER, REQUEST_PASSWORD_RESET, RESET_PASSWORD } from '../operations.ts';
import { House } from './house.ts';
import { Model, type Outcome, WEAK } from './model.ts';

type Play = (model: Model, house: House) => Promise<void>;

/** One thing that somebody does: in the model, in the house, and both have to say the same. */
class Step implements fc.AsyncCommand<Model, House> {
  constructor(
    private readonly label: string,
    private readonly play: Play,
    private readonly possible: (model: Model) => boolean = () => true,
  ) {}

  check = (model: Readonly<Model>) => this.possible(model as Model);

  async run(model: Model, house: House): Promise<void> {
    await this.play(model, house);
    await house.settle(model);
  }

  toString = () => this.label;
}

const PASSWORDS = ['correct horse battery', '日本語の長い合言葉'];
const browser = fc.nat(1);
/** One mailbox in two spellings, and two more. */
const name = fc.constantFrom('ada', 'ADA', 'bob', 'eve');
/** So few that a guess is often right, and a former password or somebody else's often among them. */
const password = fc.constantFrom(...PASSWORDS);
const anyPassword = fc.oneof({ weight: 2, arbitrary: password }, fc.constantFrom(...WEAK));
/** Which of those there have been. */
const pick = fc.nat(1000);

const outcome = ({ code }: { code?: string }) => code ?? 'OK';
const ofMany = <T>(all: readonly T[], index: number) => all[index % all.length] as T;

const registering = (at: number, who: string, password: string) =>
  new Step(`register(${at}, ${who}, ${password})`, async (model, house) => {
    const answer = await house.browser(at).send(REGISTER, { email: house.address(who), password });
    expect(outcome(answer)).toBe(model.register(at, who, password));
  });

const register = fc.tuple(browser, name, anyPassword).map(values => registering(...values));

/** A story begins with somebody at each browser. */
const BEGINNING = [registering(0, 'ada', PASSWORDS[0] as string), registering(1, 'bob', PASSWORDS[1] as string)];

const login = fc.tuple(browser, name, password, fc.boolean()).map(
  ([at, who, password, rememberMe]) =>
    new Step(`login(${at}, ${who}, ${password}, ${rememberMe})`, async (model, house) => {
      const answer = await house.browser(at).send(LOGIN, { email: house.address(who), password, rememberMe });
      expect(outcome(answer)).toBe(model.login(at, who, password, rememberMe));
    }),
);

const logout = browser.map(
  at =>
    new Step(`logout(${at})`, async (model, house) => {
      expect((await house.browser(at).send(LOGOUT)).data.logout).toBe(model.logout(at));
    }),
);

const look = browser.map(
  at => new Step(`look(${at})`, (model, house) => house.isUnder(house.browser(at), model.visit(at))),
);

const requestReset = fc.tuple(browser, name).map(
  ([at, who]) =>
    new Step(`requestReset(${at}, ${who})`, async (model, house) => {
      const { data } = await house.browser(at).send(REQUEST_PASSWORD_RESET, { email: house.address(who) });
      expect(data).toEqual({ requestPasswordReset: true });
      model.requestReset(at, who);
    }),
);

/** The newest token more often than any other: the older ones are mostly dead. */
const anyToken = fc.oneof(fc.constant(-1), pick);
const tokenOf = ({ tokens }: Model, index: number) => (index < 0 ? tokens[tokens.length - 1] : ofMany(tokens, index));
const hasTokens = ({ tokens }: Model) => tokens.length > 0;

const reset = fc.tuple(browser, anyToken, anyPassword).map(
  ([at, index, newPassword]) =>
    new Step(
      `reset(${at}, token ${index}, ${newPassword})`,
      async (model, house) => {
        const token = tokenOf(model, index);
        const answer = await house
          .browser(at)
          .send(RESET_PASSWORD, { token: token && house.tokenOf(token), newPassword });
        expect(outcome(answer)).toBe(model.reset(at, token, newPassword));
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
};

/** The other door asks for the address as well: a token of somebody else does not open it. */
const resetByForm = fc.tuple(browser, anyToken, name, anyPassword).map(
  ([at, index, who, newPassword]) =>
    new Step(
      `resetByForm(${at}, token ${index}, ${who}, ${newPassword})`,
      async (model, house) => {
        const token = tokenOf(model, index);
        const fields = { email: house.address(who), new_password: newPassword };
        const form = { ...fields, reset_token: token ? house.tokenOf(token) : '' };
        const { status } = await house.browser(at).form('PUT', '/reset_password', form);
        expect(status).toBe(STATUS[model.reset(at, token, newPassword, who)]);
      },
      hasTokens,
    ),
);

const SPOILED: Record<string, (token: string) => string> = {
  empty: () => '',
  cut: token => token.slice(0, -1),
  longer: token => `${token}A`,
  'in the other case': token => token.replace(/[a-z]/i, letter => flipped(letter)),
  'of another alphabet': token => `${token.slice(0, -1)}+`,
};
const flipped = (letter: string) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase());

const resetSpoiled = fc.tuple(browser, anyToken, fc.constantFrom(...Object.keys(SPOILED)), password).map(
  ([at, index, how, newPassword]) =>
    new Step(
      `resetSpoiled(${at}, token ${index}, ${how})`,
      async (model, house) => {
        const live = tokenOf(model, index);
        const token = SPOILED[how]?.(live ? house.tokenOf(live) : '');
        const answer = await house.browser(at).send(RESET_PASSWORD, { token, newPassword });
        expect(outcome(answer)).toBe(model.reset(at, undefined, newPassword));
      },
      hasTokens,
    ),
);

/** What opens a session resets no password. */
const resetByCookie = fc.tuple(pick, password).map(
  ([index, newPassword]) =>
    new Step(
      `resetByCookie(session ${index})`,
      async (model, house) => {
        const token = house.cookieOf(ofMany(model.sessions, index));
        const answer = await house.app.browser().send(RESET_PASSWORD, { token, newPassword });
        expect(outcome(answer)).toBe('TOKEN_INVALID');
      },
      ({ sessions }) => sessions.length > 0,
    ),
);

/** An old cookie, in no browser: as it was sent, or by the other header. */
const replay = fc.tuple(pick, fc.boolean()).map(
  ([index, bearer]) =>
    new Step(
      `replay(session ${index}, ${bearer ? 'as bearer' : 'as cookie'})`,
      async (model, house) => {
        const session = ofMany(model.sessions, index);
        const token = house.cookieOf(session);
        const carried = bearer ? { headers: { authorization: `Bearer ${token}` } } : { cookies: { session_id: token } };
        await house.isUnder(house.app.browser(carried), model.use(session));
      },
      ({ sessions }) => sessions.length > 0,
    ),
);

/** Somebody carries a cookie of any time over to a browser. */
const plant = fc.tuple(browser, pick).map(
  ([at, index]) =>
    new Step(
      `plant(${at}, session ${index})`,
      async (model, house) => {
        const session = ofMany(model.sessions, index);
        model.browsers[at] = session;
        house.browser(at).cookies.session_id = house.cookieOf(session);
      },
      ({ sessions }) => sessions.length > 0,
    ),
);

function turnClocks(model: Model, house: House, ms: number): void {
  model.now += ms;
  house.app.clock.advance({ ms });
}

const SHORT = [SECOND, MINUTE, 10 * MINUTE];
const LONG = [30 * MINUTE - SECOND, 30 * MINUTE, HOUR, 12 * HOUR, DAY, 7 * DAY - SECOND, 7 * DAY, 30 * DAY];

const wait = fc
  .oneof(fc.constantFrom(...SHORT), fc.constantFrom(...LONG))
  .map(ms => new Step(`wait(${ms / MINUTE} minutes)`, async (model, house) => turnClocks(model, house, ms)));

/** Use keeps a session from idling, and not from its end: so somebody has to be there for weeks. */
const keepComing = fc.tuple(browser, fc.integer({ min: 4, max: 6 }), fc.integer({ min: 4, max: 8 })).map(
  ([at, days, times]) =>
    new Step(`keepComing(${at}, every ${days} days, ${times} times)`, async (model, house) => {
      for (let time = 0; time < times; time++) {
        turnClocks(model, house, days * DAY);
        await house.isUnder(house.browser(at), model.visit(at));
        await house.settle(model);
      }
    }),
);

const EVERY_STEP = [register, login, login, logout, look, requestReset, requestReset, reset, reset, resetByForm].concat(
  [resetSpoiled, resetByCookie, replay, replay, plant, wait, wait, keepComing],
);
const anyStory = fc.commands(EVERY_STEP, { size: 'max', maxCommands: 60 });

interface Telling {
  stories: number;
  /** Another one each time when absent; a failure names it. */
  seed?: number;
}

/** Plays random stories, and after each tries everything that was ever given out. */
export async function agreesWithModel(app: TestApp, { stories, seed }: Telling): Promise<void> {
  let runs = 0;
  const property = fc.asyncProperty(anyStory, async story => {
    runs += 1;
    const real = new House(app, `run${runs}.example.org`);
    const model = new Model(app.clock.now().getTime());
    for (const step of BEGINNING) await step.run(model, real);
    await fc.asyncModelRun(() => ({ model, real }), story);
    await real.agrees(model);
  });
  await fc.assert(property, { numRuns: stories, seed });
}
