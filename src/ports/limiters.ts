import type { Config } from '../config.ts';
import type { EntityManager } from '../database.ts';
import type { Log } from '../log.ts';
import type { Clock } from './clock.ts';
import { InsuredLimiter } from './insured-limiter.ts';
import { DatabaseLimiter, type Limiter, unlimited } from './limiter.ts';

/** Where tries are counted. */
export interface Limiters {
  /** The limiter for one request's work. */
  limiterFor(em: EntityManager): Limiter;
  close(): void;
}

/** In Redis where there is one, else in the service's own database. A Redis that is away does not stop the start. */
export async function openLimiters(config: Config, clock: Clock, log: Log): Promise<Limiters> {
  if (!config.rateLimits) return { limiterFor: () => unlimited, close: () => {} };
  if (!config.redisUrl) return { limiterFor: em => new DatabaseLimiter(em, clock), close: () => {} };

  // Who has no Redis does not load its client.
  const { RedisLimiter } = await import('./redis-limiter.ts');
  const redis = await RedisLimiter.open(config.redisUrl, clock);
  const limiter = new InsuredLimiter(redis, clock, log, config.workers);
  return { limiterFor: () => limiter, close: () => redis.close() };
}
