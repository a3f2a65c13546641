import { type Contestant, inNewTexts, ours, recipeOfOurs, signInToOurs } from '../contestants.ts';
import { OURS } from '../credentials.ts';
import type { BenchDatabase } from '../databases.ts';
import { type Saturated, saturate } from '../load.ts';
import { type RawRequest, rawRequest } from '../raw-request.ts';
import { type Findings, type Row, sample } from '../result.ts';
import type { Stage } from '../stage.ts';

const WARM_UP = 1;
/** The flag that the service uses itself. */
const YOUNG_GENERATION = '--max-semi-space-size=8';

interface Variant {
  name: string;
  /** The name of the variant that it is compared with. */
  comparedWith?: string;
  settings?: NodeJS.ProcessEnv;
  /** A protection without a setting; see variant-server.ts. */
  without?: string;
  sends?: 'new texts' | 'logins';
}

const EVERYTHING = 'everything on';
const NEW = 'everything on, a new query text each time';
const LOGINS = 'everything on, logins at cost 10';
const VARIANTS: Variant[] = [
  { name: EVERYTHING },
  { name: 'no log', comparedWith: EVERYTHING, settings: { LOG_LEVEL: 'silent' } },
  { name: 'no playground, no introspection', comparedWith: EVERYTHING, settings: { BIENVENUE_PLAYGROUND: 'off' } },
  { name: 'no REST routes', comparedWith: EVERYTHING, settings: { BIENVENUE_REST: 'off' } },
  { name: 'no origin check', comparedWith: EVERYTHING, without: 'origin' },
  { name: 'no security headers', comparedWith: EVERYTHING, without: 'headers' },
  { name: 'no request id of its own', comparedWith: EVERYTHING, without: 'request-id' },
  { name: NEW, comparedWith: EVERYTHING, sends: 'new texts' },
  { name: 'new texts, no document limits', comparedWith: NEW, without: 'document-limits', sends: 'new texts' },
  { name: LOGINS, sends: 'logins' },
  { name: 'logins, no rate limits', comparedWith: LOGINS, settings: { BIENVENUE_RATE_LIMITS: 'off' }, sends: 'logins' },
];

/** What each protection costs: the same request with one thing switched off. */
export async function measure(stage: Stage): Promise<Findings> {
  const turns = new Map<string, () => Promise<Saturated>>();
  for (const variant of VARIANTS) {
    const contestant = await open(stage, variant);
    if (!contestant) continue;
    const { running } = contestant;
    const requests = requestsOf(variant, contestant);
    const connections = variant.sends === 'logins' ? 4 : 32;
    await saturate(running, requests, WARM_UP, { connections });
    turns.set(variant.name, () => saturate(running, requests, stage.options.seconds, { connections }));
  }
  const seen = await stage.inTurns(turns);
  const rows = VARIANTS.filter(({ name }) => seen.has(name)).map(variant => row(variant, seen));
  return {
    tables: [{ title: 'Protections', columns: ['requests/s', 'CPU µs/request', 'saved µs'], rows }],
    ratios: {},
  };
}

async function open(stage: Stage, { name, settings, without }: Variant): Promise<Contestant | undefined> {
  const place = (await stage.database('sqlite')) as BenchDatabase;
  if (!without) return ours(stage, place, settings);
  try {
    const { env } = recipeOfOurs(place, settings);
    return await signInToOurs(await stage.start([YOUNG_GENERATION, 'bench/variant-server.ts', without], env), place);
  } catch (error) {
    const [first] = /Error: .*/.exec((error as Error).message) ?? [];
    stage.absent.push(`${name}: the protection could not be removed. ${first ?? ''}`.trim());
    return undefined;
  }
}

function requestsOf({ sends }: Variant, contestant: Contestant): RawRequest[] {
  if (sends === 'logins') return [rawRequest(contestant.running.url, OURS.login)];
  return sends === 'new texts' ? inNewTexts(contestant) : [contestant.whoAmI];
}

function row(variant: Variant, seen: Map<string, Saturated[]>): Row {
  const rounds = seen.get(variant.name) ?? [];
  const others = seen.get(variant.comparedWith ?? '');
  const cells: Row['cells'] = {
    'requests/s': sample(rounds.map(each => each.perSecond)),
    'CPU µs/request': sample(rounds.map(each => each.cpu)),
  };
  if (others) cells['saved µs'] = sample(rounds.map(({ cpu }, round) => (others[round]?.cpu ?? Number.NaN) - cpu));
  return { name: variant.name, cells };
}
