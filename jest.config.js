import { shared, testFiles } from './jest.shared.js';

export default { ...shared, testMatch: testFiles('test') };
