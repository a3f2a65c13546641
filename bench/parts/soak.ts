import { type Contestant, ours, profileOf } from '../contestants.ts';
import { OURS } from '../credentials.ts';
import type { BenchDatabase } from '../databases.ts';
import { type LoadResult, load, type Stream, type StreamResult, saturate } from '../load.ts';
import { residentMegabytes } from '../processes.ts';
import { rawRequest, sendOnce } from '../raw-request.ts';
import { type Findings, type Row, ratio, sample } from '../result.ts';
import type { Stage } from '../stage.ts';

const SECTIONS = 30;
const LOGINS_A_SECOND = 2;
const LOOK_EVERY = 5000;
const SHARE = 1 / 3;

interface Section extends LoadResult {
  megabytes: number[];
}

/** Half an hour at a third of what it can do: whether memory and latency stay where they are. */
export async function measure(stage: Stage): Promise<Findings> {
  const contestant = await ours(stage, (await stage.database('sqlite')) as BenchDatabase);
  const { running } = contestant;
  const whoAmI = await visit(contestant);
  const { perSecond } = await saturate(running, [whoAmI], stage.options.seconds);
  const streams = [
    { requests: [whoAmI], rate: Math.round(perSecond * SHARE) },
    // Another program that takes the core for two seconds is no reason to end half an hour's work.
    { requests: [rawRequest(running.url, OURS.login)], rate: LOGINS_A_SECOND, mayBeRefused: true },
  ];
  const points: [number, number][] = [];
  const seconds = (stage.options.minutes * 60) / SECTIONS;
  const began = performance.now();
  const sections: Section[] = [];
  for (let section = 0; section < SECTIONS; section++) {
    sections.push(
      await watch(contestant, seconds, streams, (ms, megabytes) => points.push([(ms - began) / 60_000, megabytes])),
    );
  }
  return {
    tables: [{ title: 'Soak', columns: ['memory MB', 'p50 ms', 'p99 ms', 'CPU µs/request'], rows: thirds(sections) }],
    ratios: { 'soak/memory': growth(sections) },
    notes: [
      `${streams[0]?.rate} requests and ${LOGINS_A_SECOND} logins a second, for ${stage.options.minutes} minutes.`,
    ],
    series: [{ name: 'Resident memory', points }],
  };
}

/** Another user than the ones who log in: with more than fifty sessions per user the oldest ends. */
async function visit({ running }: Contestant) {
  const email = 'visitor@example.org';
  const { text } = await sendOnce(running.url, OURS.register(email));
  return rawRequest(running.url, { ...profileOf(`session_id=${JSON.parse(text).data.register.token}`), expect: email });
}

async function watch(
  { running }: Contestant,
  seconds: number,
  streams: Omit<Stream, 'url'>[],
  see: (ms: number, megabytes: number) => void,
): Promise<Section> {
  const megabytes: number[] = [];
  const look = () => {
    megabytes.push(residentMegabytes(running.pids()));
    see(performance.now(), megabytes.at(-1) as number);
  };
  look();
  const timer = setInterval(look, LOOK_EVERY);
  const seen = await load(running, seconds, streams);
  clearInterval(timer);
  return { ...seen, megabytes };
}

function thirds(sections: Section[]): Row[] {
  return ['first', 'second', 'last'].map((name, index) => {
    const third = thirdOf(sections, index);
    const visits = third.map(({ streams }) => streams[0] as StreamResult);
    return {
      name: `${name} third`,
      cells: {
        'memory MB': sample(third.flatMap(({ megabytes }) => megabytes)),
        'p50 ms': sample(visits.map(({ p50 }) => p50)),
        'p99 ms': sample(visits.map(({ p99 }) => p99)),
        'CPU µs/request': sample(
          third.map(({ serverSeconds, streams }) => (serverSeconds / (streams[0]?.responses ?? 1)) * 1e6),
        ),
      },
    };
  });
}

const thirdOf = (sections: Section[], index: number) =>
  sections.slice((index * SECTIONS) / 3, ((index + 1) * SECTIONS) / 3);

/** The last third over the second; in the first a heap still finds its size. */
function growth(sections: Section[]) {
  const middle = (index: number) => [sample(thirdOf(sections, index).flatMap(({ megabytes }) => megabytes)).median];
  return ratio(middle(2), middle(1)) ?? sample([Number.NaN]);
}
