import { shared, testFiles } from './jest.shared.js';

/** What only a process of its own shows: starting, stopping, crashing, its output and its memory. */
export default { ...shared, testMatch: testFiles('process') };
