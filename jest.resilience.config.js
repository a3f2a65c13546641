import { shared } from './jest.shared.js';

/**
 * The built server under kills, full disks, clock jumps and lost databases. `*.resilience.ts` is certain in outcome and
 * runs in CI; `*.load.ts` depends on load, luck or the machine's speed and runs before a release, with RESILIENCE=all.
 */
const kinds = process.env.RESILIENCE === 'all' ? '{resilience,load}' : 'resilience';

export default {
  ...shared,
  testMatch: [`<rootDir>/test/resilience/**/*.${kinds}.ts`],
  // One file at a time: each starts servers of its own and needs the machine.
  maxWorkers: 1,
  testTimeout: 180_000,
};
