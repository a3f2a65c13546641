#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { packageFile } from '../core/package.ts';
import { run } from './run.ts';

// In the package's own folder: a user who can write to the cache could change the code. A read-only folder has no cache.
enableCompileCache(packageFile('.compile-cache'));
const code = await run(process.argv.slice(2));
if (code !== undefined) process.exit(code);
