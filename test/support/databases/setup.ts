import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dropLeftovers } from './drop-leftovers.ts';

/** Runs before all tests. */
export default async function setup(): Promise<void> {
  await dropLeftovers();
  process.env.TEST_TEMPLATES = mkdtempSync(join(tmpdir(), 'bienvenue-'));
}
