// Prints the hashes a second that bcrypt reaches at a cost, with as many concurrent hashes as the service: one per core.
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { PERSON } from './operations.ts';

const [cost = 10, seconds = 1] = process.argv.slice(2).map(Number);
const hash = await bcrypt.hash(PERSON.password, cost);
const end = performance.now() + seconds * 1000;
const done: number[] = [];
const one = async () => {
  while (performance.now() < end) {
    await bcrypt.compare(PERSON.password, hash);
    done.push(performance.now());
  }
};
await Promise.all(Array.from({ length: availableParallelism() }, one));
const [first = 0, last = 0] = [done[0], done.at(-1)];
console.log(((done.length - 1) / (last - first)) * 1000);
