const ENGINES = ['sqlite', 'postgresql', 'mysql'];

const engine = process.env.TEST_DATABASE || 'sqlite';
if (!ENGINES.includes(engine)) throw new Error(`TEST_DATABASE: say one of ${ENGINES.join(', ')}.`);

export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // What only one database can show is in a folder of that database.
  testPathIgnorePatterns: [
    '/node_modules/',
    ...ENGINES.filter(other => other !== engine).map(other => `<rootDir>/test/${other}/`),
  ],
  globalSetup: '<rootDir>/test/support/databases/sweep.ts',
  globalTeardown: '<rootDir>/test/support/databases/sweep.ts',
  extensionsToTreatAsEsm: ['.ts'],
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
  // Jest leaves a core free for whoever works beside it; nobody does.
  maxWorkers: '100%',
  testTimeout: 20_000,
};
