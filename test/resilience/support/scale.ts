/** `npm run resilience:all` repeats more and measures time; CI repeats less and asserts only what does not depend on speed. */
const ALL = process.env.RESILIENCE === 'all';

/** The number of repetitions: in full runs, and in CI. */
export const times = (all: number, ci: number): number => (ALL ? all : ci);

/** A time budget in milliseconds in full runs; unlimited in CI. */
export const within = (ms: number): number => (ALL ? ms : Number.POSITIVE_INFINITY);

/** A minimum in full runs; one in CI. */
export const atLeast = (count: number): number => (ALL ? count : 1);
