/** What every kind of test needs. */
export const shared = {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/support/databases/setup.ts',
  globalTeardown: '<rootDir>/test/support/databases/teardown.ts',
  extensionsToTreatAsEsm: ['.ts'],
  setupFiles: ['<rootDir>/test/support/stack-traces.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
      },
    ],
  },
  // Jest leaves one core free by default; the suite may use all of them.
  maxWorkers: '100%',
  // Only ends a test that hangs. It is no measure of speed, so a busy machine never reaches it.
  testTimeout: 120_000,
};
