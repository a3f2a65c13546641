import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../bench/quantile.ts';

/** When somebody asked, and how long the answer took, in milliseconds. */
export interface Wait {
  at: number;
  took: number;
}

const EVERY = 20;

/**
 * Asks these addresses over and over. At a fixed beat, whether the last one was answered or not: so a server that
 * stands still for a second is seen fifty times, not once.
 */
export async function waitsOf(urls: string[], seconds: number): Promise<Wait[]> {
  const end = performance.now() + 1000 * seconds;
  const waits: Promise<Wait>[] = [];
  while (performance.now() < end) {
    waits.push(...urls.map(waitFor));
    await sleep(EVERY);
  }
  return Promise.all(waits);
}

/** What nine of ten waited at most. */
export const ninetieth = (waits: Wait[]): number =>
  quantile(
    waits.map(({ took }) => took),
    0.9,
  );

async function waitFor(url: string): Promise<Wait> {
  const at = performance.now();
  await (await fetch(url)).text();
  return { at, took: performance.now() - at };
}
