import type { Person } from './app.ts';

let count = 0;

/** Somebody whom no other test of this file knows. */
export function somebody(): Person {
  count += 1;
  return { email: `somebody${count}@example.org`, password: 'correct horse battery staple', name: 'Somebody' };
}
