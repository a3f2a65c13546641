import { type Contestant, inNewTexts, ours, recipeOfOurs, signInToOurs } from '../contestants.ts';
import { OURS } from '../credentials.ts';
import type { Place } from '../databases.ts';
import { type Saturated, saturate } from '../load.ts';
import { type Findings, type Row, sample } from '../result.ts';
import type { Stage } from '../stage.ts';
import { type Wire, wire } from '../wire.ts';

const WARM_UP = 1;
/** The flag that the service uses itself. */
const YOUNG_GENERATION = '--max-semi-space-size=8';

interface Question {
  name: string;
  /** The name of the question it is compared with. */
  with?: string;
  settings?: NodeJS.ProcessEnv;
  /** A protection without a setting; see variant-server.ts. */
  without?: string;
  asks?: 'new texts' | 'logins';
}

const EVERYTHING = 'everything on';
const NEW = 'everything on, a new query text each time';
const LOGINS = 'everything on, logins at cost 10';
const QUESTIONS: Question[] = [
  { name: EVERYTHING },
  { name: 'no log', with: EVERYTHING, settings: { LOG_LEVEL: 'silent' } },
  { name: 'no playground, no introspection', with: EVERYTHING, settings: { BIENVENUE_PLAYGROUND: 'off' } },
  { name: 'no REST routes', with: EVERYTHING, settings: { BIENVENUE_REST: 'off' } },
  { name: 'no origin check', with: EVERYTHING, without: 'origin' },
  { name: 'no security headers', with: EVERYTHING, without: 'headers' },
  { name: 'no request id of its own', with: EVERYTHING, without: 'request-id' },
  { name: NEW, with: EVERYTHING, asks: 'new texts' },
  { name: 'new texts, no document limits', with: NEW, without: 'document-limits', asks: 'new texts' },
  { name: LOGINS, asks: 'logins' },
  { name: 'logins, no rate limits', with: LOGINS, settings: { BIENVENUE_RATE_LIMITS: 'off' }, asks: 'logins' },
];

/** What each protection costs: the same request with one thing switched off. */
export async function measure(stage: Stage): Promise<Findings> {
  const turns = new Map<string, () => Promise<Saturated>>();
  for (const question of QUESTIONS) {
    const contestant = await open(stage, question);
    if (!contestant) continue;
    const { running } = contestant;
    const wires = wiresOf(question, contestant);
    const connections = question.asks === 'logins' ? 4 : 32;
    await saturate(running, wires, WARM_UP, { connections });
    turns.set(question.name, () => saturate(running, wires, stage.options.seconds, { connections }));
  }
  const seen = await stage.inTurns(turns);
  const rows = QUESTIONS.filter(({ name }) => seen.has(name)).map(question => row(question, seen));
  return {
    tables: [{ title: 'Protections', columns: ['requests/s', 'CPU µs/request', 'saved µs'], rows }],
    ratios: {},
  };
}

async function open(stage: Stage, { name, settings, without }: Question): Promise<Contestant | undefined> {
  const place = (await stage.database('sqlite')) as Place;
  if (!without) return ours(stage, place, settings);
  try {
    const { env } = recipeOfOurs(place, settings);
    return await signInToOurs(await stage.start([YOUNG_GENERATION, 'bench/variant-server.ts', without], env), place);
  } catch (error) {
    const [first] = /Error: .*/.exec((error as Error).message) ?? [];
    stage.absent.push(`${name}: the piece could not be taken out. ${first ?? ''}`.trim());
    return undefined;
  }
}

function wiresOf({ asks }: Question, contestant: Contestant): Wire[] {
  if (asks === 'logins') return [wire(contestant.running.url, OURS.login)];
  return asks === 'new texts' ? inNewTexts(contestant) : [contestant.whoAmI];
}

function row(question: Question, seen: Map<string, Saturated[]>): Row {
  const rounds = seen.get(question.name) ?? [];
  const others = seen.get(question.with ?? '');
  const cells: Row['cells'] = {
    'requests/s': sample(rounds.map(each => each.perSecond)),
    'CPU µs/request': sample(rounds.map(each => each.cpu)),
  };
  if (others) cells['saved µs'] = sample(rounds.map(({ cpu }, round) => (others[round]?.cpu ?? Number.NaN) - cpu));
  return { name: question.name, cells };
}
