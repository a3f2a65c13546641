import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import bcrypt from 'bcrypt';

/** What a hash thread is asked for: a new hash of a cost, or whether a secret is the one that was hashed. */
export type HashJob = { secret: string; cost: number } | { secret: string; hash: string };

/**
 * Whoever is already signed in goes first: on Linux a thread has a priority of its own. Not the lowest, or a flood of
 * requests that are refused would leave nothing for the logins that are not. Elsewhere it stays as it is.
 */
function stepBack(): void {
  try {
    const [, threadId] = /\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self')) ?? [];
    if (threadId) setPriority(Number(threadId), constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {}
}

stepBack();
parentPort?.on('message', (job: HashJob) => {
  const result = 'hash' in job ? bcrypt.compareSync(job.secret, job.hash) : bcrypt.hashSync(job.secret, job.cost);
  parentPort?.postMessage(result);
});
