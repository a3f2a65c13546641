import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('better-sqlite3/package.json'));

// better-sqlite3 tells its native half once a process of which class errors are. Jest gives each test file classes of its
// own, in one process: without this, `instanceof` would say no to every error from the second file on.
require(join(folder, 'lib/binding.js')).getBinding().isInitialized = false;
