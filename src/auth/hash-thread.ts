import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import bcrypt from 'bcrypt';

/** What a hash thread is asked for: a new hash of a cost, or whether a secret is the one that was hashed. */
export type HashJob = { secret: string; cost: number } | { secret: string; hash: string };

/** On Linux a thread has a priority of its own. Elsewhere it stays as it is. */
function stepBack(niceness: number): void {
  try {
    const [, threadId] = /\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self')) ?? [];
    if (threadId) setPriority(Number(threadId), niceness);
  } catch {}
}

stepBack(workerData);
parentPort?.on('message', (job: HashJob) => {
  const result = 'hash' in job ? bcrypt.compareSync(job.secret, job.hash) : bcrypt.hashSync(job.secret, job.cost);
  parentPort?.postMessage(result);
});
