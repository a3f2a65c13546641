import { shared } from './jest.shared.js';

/** Tests that need a real browser, and so are not part of `npm test`. */
export default { ...shared, testMatch: ['<rootDir>/test/browser/**/*.browser.ts'] };
