#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { packageFile } from '../core/package.ts';
import { run } from './run.ts';

// In the package's own folder: a user who can write to the cache could change the code. A read-only folder has no cache.
enableCompileCache(packageFile('.compile-cache'));
const code = await run(process.argv.slice(2));
if (code !== undefined) {
  await Promise.all([process.stdout, process.stderr].map(flushed));
  process.exit(code);
}

/** Resolves when the reader of a pipe has everything, or is gone: process.exit() drops what is still queued. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => {
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });
}
