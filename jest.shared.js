/** What every kind of test needs. */
export const shared = {
  // Runs test files as plain Node modules, and loads those of the service once per process instead of once per file.
  runner: ['jest-light-runner', { runtime: 'child_process' }],
  transform: {},
  globalSetup: '<rootDir>/test/support/databases/setup.ts',
  globalTeardown: '<rootDir>/test/support/databases/teardown.ts',
  // Jest leaves one core free by default; the suite may use all of them.
  maxWorkers: '100%',
};
