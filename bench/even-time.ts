// Does the response time reveal what the response does not: which accounts exist, or what happened to a token? Run it on
// an idle machine; on a busy one the verdict is meaningless.
// Proves ID-6, LG-2, LG-3, RS-3.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Case, EvenTimeServer } from './even-time-server.ts';
import { type Behavior, MailSink } from './mail-sink.ts';
import { stayOffTheServersCore } from './processes.ts';
import { quantile } from './quantile.ts';

/** Sixty measured rounds after five for warm-up. */
const [SAMPLES, WARM_UP] = [60, 5];
const ROUNDS = SAMPLES + WARM_UP;

type Times = Map<string, number[]>;

const folder = mkdtempSync(join(tmpdir(), 'bienvenue-even-time-'));
const sink = await MailSink.onFreePort();
const server = await EvenTimeServer.open(join(folder, 'bench.sqlite'), sink.port, ROUNDS);
stayOffTheServersCore();
let even = true;
try {
  report('failed login', await measure(server.logins));
  report(
    'failed login with a hash of a higher cost (decision 2 documents the difference)',
    await measure(server.expensiveLogins),
    {
      counts: false,
    },
  );
  for (const behavior of ['accepts', 'responds after 3 s', 'refuses', 'is not there'] satisfies Behavior[]) {
    await sink.behave(behavior);
    report(`requestPasswordReset while the mail server ${behavior}`, await measure(server.requestsForReset()));
  }
  report('resetPassword with an invalid token', await measure(server.resets));
  await sink.behave('accepts');
  report('register where verified addresses are required', await measure(server.registrations()));
} finally {
  server.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(even ? 0 : 1);

/** All cases in every round, in random order, so that none always follows the same other one. */
async function measure(classes: Case[]): Promise<Times> {
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

/** Compares each case with the first. */
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
    const isEven =
      Math.abs(byP25) <= Math.max(5, 0.05 * first.p25) && Math.abs(byMedian) <= Math.max(10, 0.1 * first.median);
    const verdict = isEven ? 'even' : counts ? 'UNEVEN' : 'uneven, as documented';
    console.log(`  ${name}: p25 ${ms(p25)} (${ms(byP25)}), median ${ms(median)} (${ms(byMedian)}): ${verdict}`);
    if (counts && !isEven) even = false;
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
