import shared from './jest.config.js';

/** Harm done to the built server as a process. One at a time, since each wants the machine; each bounded in time. */
export default {
  ...shared,
  testMatch: ['<rootDir>/test/faults/**/*.fault.ts'],
  maxWorkers: 1,
  testTimeout: 90_000,
};
