// Builds the files of dist/assets whose sources have changed since they were built: the list of common passwords, the
// playground and the account pages.
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';

const STAMPS = 'dist/assets/.built';

/** What each is built from, beside the packages in the lockfile. */
const ASSETS = {
  'common-passwords': {
    sources: ['scripts/common-passwords.mjs', 'src/auth/common-passwords.ts'],
    build: ['scripts/common-passwords.mjs'],
  },
  playground: {
    sources: ['scripts/playground.mjs', 'scripts/playground/**', 'schema/operations/*'],
    build: ['scripts/playground.mjs'],
  },
  pages: {
    sources: ['web/**', 'src/**', 'schema/*.ts'],
    build: ['node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'],
  },
};

const modified = path => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

mkdirSync(STAMPS, { recursive: true });
for (const [name, { sources, build }] of Object.entries(ASSETS)) {
  const stamp = `${STAMPS}/${name}`;
  const changed = Math.max(...globSync([...sources, 'package-lock.json', 'scripts/assets.mjs']).map(modified));
  if (modified(stamp) > changed) continue;
  const started = new Date();
  const { status } = spawnSync(process.execPath, build, { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
  // Dated from the start: what changes during the build is built again.
  writeFileSync(stamp, '');
  utimesSync(stamp, started, started);
}
