import { setTimeout as sleep } from 'node:timers/promises';

/** Many times what a busy machine needs: ends a test that waits for what never happens. */
const LIMIT_MS = 300_000;

/** Resolves when the condition holds. Rejects after five minutes, with the source of the condition. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`never true: ${condition}`);
    await sleep(5);
  }
}
