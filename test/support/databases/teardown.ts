import { rmSync } from 'node:fs';
import { dropLeftovers } from './drop-leftovers.ts';

/** Runs after all tests. */
export default async function teardown(): Promise<void> {
  await dropLeftovers();
  rmSync(String(process.env.TEST_TEMPLATES), { recursive: true, force: true });
}
