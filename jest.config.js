import { engine, shared, testFiles } from './jest.shared.js';

// Tests of processes take time on SQLite, where `npm test` is run most often; there they are a command of their own.
export default { ...shared, testMatch: testFiles(engine === 'sqlite' ? 'test' : '{test,process}') };
