import shared from './jest.config.js';

/** What needs a real browser, and so is not part of npm test. */
export default { ...shared, testMatch: ['<rootDir>/test/browser/**/*.browser.ts'], testTimeout: 30_000 };
