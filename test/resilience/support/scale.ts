/** `npm run resilience:all` repeats more and measures time; CI repeats less and asserts only what no slow machine can change. */
const ALL = process.env.RESILIENCE === 'all';

/** How often to repeat: before a release, and in CI. */
export const times = (all: number, ci: number): number => (ALL ? all : ci);

/** A budget in milliseconds before a release; in CI none. */
export const within = (ms: number): number => (ALL ? ms : Number.POSITIVE_INFINITY);

/** A number to reach before a release; in CI one is enough. */
export const atLeast = (count: number): number => (ALL ? count : 1);
