// Whether the time of an answer tells what the answer itself does not: which accounts there are, and what became of a
// token. Proven or refuted on a machine that does nothing else; a busy one gives a verdict about its neighbours.
// Proves LG-2, LG-3, RS-3.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Class, EvenTimeHouse } from './even-time-house.ts';
import { MailSink, type Mood } from './mail-sink.ts';
import { stayOffTheServersCore } from './processes.ts';
import { quantile } from './quantile.ts';

/** Sixty that count, after five that only warm up. */
const [SAMPLES, WARM_UP] = [60, 5];
const ROUNDS = SAMPLES + WARM_UP;

type Times = Map<string, number[]>;

const folder = mkdtempSync(join(tmpdir(), 'bienvenue-even-time-'));
const sink = await MailSink.onFreePort();
const house = await EvenTimeHouse.open(join(folder, 'bench.sqlite'), sink.port, ROUNDS);
stayOffTheServersCore();
let even = true;
try {
  report('login that fails', await measure(house.logins));
  report(
    'login that fails, where the hash costs more than today (decision 2 says that this shows)',
    await measure(house.dearLogins),
    {
      counts: false,
    },
  );
  for (const mood of ['accepts', 'answers after 3 s', 'refuses', 'is not there'] satisfies Mood[]) {
    await sink.become(mood);
    report(`requestPasswordReset while the mail server ${mood}`, await measure(house.requestsForReset()));
  }
  report('resetPassword with a token that is nothing any more', await measure(house.resets));
} finally {
  house.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(even ? 0 : 1);

/** All classes in every round, in an order that chance makes: none of them always comes after the same other. */
async function measure(classes: Class[]): Promise<Times> {
  const times: Times = new Map(classes.map(([name]) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, send] of shuffled(classes)) {
      const began = performance.now();
      await send(round);
      if (round >= WARM_UP) times.get(name)?.push(performance.now() - began);
    }
  }
  return times;
}

/** Each class against the first. */
function report(what: string, times: Times, { counts = true } = {}): void {
  console.log(`\n${what}`);
  const [first, ...others] = [...times].map(([name, all]) => ({
    name,
    p25: quantile(all, 0.25),
    median: quantile(all, 0.5),
  }));
  if (!first) return;
  console.log(`  ${first.name}: p25 ${ms(first.p25)}, median ${ms(first.median)}`);
  for (const { name, p25, median } of others) {
    const [byP25, byMedian] = [p25 - first.p25, median - first.median];
    const alike =
      Math.abs(byP25) <= Math.max(5, 0.05 * first.p25) && Math.abs(byMedian) <= Math.max(10, 0.1 * first.median);
    const verdict = alike ? 'even' : counts ? 'UNEVEN' : 'uneven, as documented';
    console.log(`  ${name}: p25 ${ms(p25)} (${ms(byP25)}), median ${ms(median)} (${ms(byMedian)}): ${verdict}`);
    if (counts && !alike) even = false;
  }
}

function shuffled<T>(values: T[]): T[] {
  return values
    .map(value => ({ value, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
