import { availableParallelism } from 'node:os';
import { shared } from './jest.shared.js';

/**
 * The built server under kills, full disks, clock jumps and lost databases. `*.resilience.ts` is certain in outcome and
 * runs in CI; `*.load.ts` depends on load, luck or the machine's speed and runs before a release, with RESILIENCE=all.
 */
const all = process.env.RESILIENCE === 'all';

export default {
  ...shared,
  testMatch: [`<rootDir>/test/resilience/**/*.${all ? '{resilience,load}' : 'resilience'}.ts`],
  // What depends on load needs the machine for itself. The others wait for timeouts and restarts a quarter of their time.
  maxWorkers: all ? 1 : Math.ceil(1.5 * availableParallelism()),
};
