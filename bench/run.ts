// npm run bench [-- PART …] [--seconds N] [--rounds N] [--max-sessions N] [--minutes N]: measures, stores the results in
// bench/results, and writes docs/performance.md. Ratios carry over to another machine, absolute figures do not.
import { installPeers, versionsOfPeers } from './contestants.ts';
import { readOptions } from './options.ts';
import { stayOffTheServersCore } from './processes.ts';
import { writeReport } from './report.ts';
import { type Findings, machine, type Result, saveResult } from './result.ts';
import { Stage } from './stage.ts';
import { stolenShare } from './stolen.ts';
import { consoleTable } from './tables.ts';

const PARTS = [
  'who-am-i',
  'credentials',
  'under-logins',
  'cold-start',
  'memory',
  'growth',
  'lists',
  'workers',
  'protections',
  'size',
  'sign-in-page',
  'soak',
];

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const options = readOptions(process.argv.slice(2), PARTS);
installPeers();
stayOffTheServersCore();
for (const part of options.parts) {
  const began = performance.now();
  const result = await measure(part);
  saveResult(result);
  for (const table of result.tables) console.log(`\n${consoleTable(table)}`);
  for (const sentence of [...result.notes, ...result.absent]) console.log(sentence);
  console.log(`${part}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
}
writeReport();
process.exit();

async function measure(part: string): Promise<Result> {
  const stage = new Stage(options);
  // Otherwise servers and databases would be left behind.
  const interrupted = () => void stage.cleanUp().finally(() => process.exit(130));
  for (const signal of SIGNALS) process.once(signal, interrupted);
  const stolen = stolenShare();
  try {
    const { measure }: { measure: (stage: Stage) => Promise<Findings> } = await import(`./parts/${part}.ts`);
    const { tables, ratios, notes = [], series } = await measure(stage);
    const { seconds, rounds } = options;
    const where = { ...machine(), ...stage.versions, peers: versionsOfPeers() };
    const found = { tables, ratios, absent: stage.absent, notes: [...notes, ...stolen()], series };
    return { part, measuredAt: new Date().toISOString().slice(0, 10), machine: where, seconds, rounds, ...found };
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted);
    await stage.cleanUp();
  }
}
