import { BcryptHasher } from '../../src/auth/hasher.ts';
import { AuthError } from '../../src/core/errors.ts';
import { hashOfCost } from '../support/hasher.ts';

const QUEUE = 64;

describe('the hasher', () => {
  it('creates hashes that match only their secret', async () => {
    const hasher = new BcryptHasher({ cost: 4 });

    const [one, two] = [await hasher.hash('secret'), await hasher.hash('secret')];

    expect(one).toMatch(/^\$2b\$04\$/);
    expect(one).not.toBe(two);
    expect(await hasher.matches('secret', one)).toBe(true);
    expect(await hasher.matches('Secret', one)).toBe(false);
  });

  it('PW-10: queues 64 hashes behind the running one, and refuses more immediately', async () => {
    const hasher = new BcryptHasher({ cost: 4, concurrency: 1 });

    const taken = Array.from({ length: 1 + QUEUE }, () => hasher.hash('secret'));

    expect(() => hasher.assertCapacity()).toThrow(AuthError);
    await expect(hasher.hash('one too many')).rejects.toMatchObject({ code: 'BUSY', retryAfter: 1 });
    await expect(hasher.matches('one too many', hashOfCost(4))).rejects.toMatchObject({ code: 'BUSY' });
    expect(await Promise.all(taken)).toHaveLength(1 + QUEUE);
  });

  it('PW-10: accepts hashes again once the queue is empty', async () => {
    const hasher = new BcryptHasher({ cost: 4, concurrency: 1 });
    await Promise.all(Array.from({ length: 1 + QUEUE }, () => hasher.hash('secret')));

    expect(() => hasher.assertCapacity()).not.toThrow();
    expect(await hasher.hash('secret')).toMatch(/^\$2b\$/);
  });

  it.each([1, 2, 3])('PW-10: runs at most %i at once', async concurrency => {
    const hasher = new BcryptHasher({ cost: 4, concurrency });
    const finished: string[] = [];
    const slow = Array.from({ length: concurrency }, () =>
      hasher.matches('secret', hashOfCost(10)).then(() => finished.push('slow')),
    );
    const quick = hasher.hash('secret').then(() => finished.push('quick'));

    await Promise.all([...slow, quick]);

    expect(finished[0]).toBe('slow');
  });

  it.each([
    ['from an estimate, before the first hash', 0, 9],
    ['from measured times', 1, 10],
  ])('PW-10: refuses hashes that would wait for more than two seconds, %s', async (_, before, most) => {
    const hasher = new BcryptHasher({ cost: 12, concurrency: 1 });
    for (let index = 0; index < before; index++) await hasher.matches('secret', hashOfCost(12));

    const jobs = Array.from({ length: 1 + QUEUE }, () => hasher.matches('secret', hashOfCost(4)));

    // One measurement counts a tenth, so even on an infinitely fast machine the estimate is 0.2 s: ten wait at most.
    const queued = (await Promise.allSettled(jobs)).filter(({ status }) => status === 'fulfilled').length - 1;
    expect(queued).toBeLessThanOrEqual(most);
    // Before the first measurement the number is certain.
    expect(queued).toBeGreaterThanOrEqual(before === 0 ? most : 0);
  });

  it('runs the next hash after one that failed', async () => {
    const hasher = new BcryptHasher({ cost: 4, concurrency: 1 });
    const failing = hasher.hash(undefined as unknown as string);
    const next = hasher.hash('secret');

    await expect(failing).rejects.toThrow();
    expect(await next).toMatch(/^\$2b\$/);
    expect(await hasher.hash('secret')).toMatch(/^\$2b\$/);
  });
});
