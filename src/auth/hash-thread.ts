import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import bcrypt from 'bcrypt';

/** A job of a hash thread: create a hash at a cost, or compare a secret with a hash. */
export type HashJob = { secret: string; cost: number } | { secret: string; hash: string };

/** Only Linux has a priority per thread; elsewhere this does nothing. */
function lowerPriority(niceness: number): void {
  try {
    const [, threadId] = /\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self')) ?? [];
    if (threadId) setPriority(Number(threadId), niceness);
  } catch {}
}

lowerPriority(workerData);
parentPort?.on('message', (job: HashJob) => {
  const result = 'hash' in job ? bcrypt.compareSync(job.secret, job.hash) : bcrypt.hashSync(job.secret, job.cost);
  parentPort?.postMessage(result);
});
