import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Options } from '../options.ts';
import type { EntityManager } from '../persistence/database.ts';
import { DatabaseRateLimiter, type RateLimiter, unlimited } from './database-rate-limiter.ts';
import { FallbackRateLimiter } from './fallback-rate-limiter.ts';

/** Where tries are counted. */
export interface RateLimiters {
  /** The limiter for one request's work. */
  rateLimiterFor(em: EntityManager): RateLimiter;
  close(): void;
}

/** In Redis where there is one, else in the service's own database. A Redis that is away does not stop the start. */
export async function openRateLimiters(options: Options, clock: Clock, log: Log): Promise<RateLimiters> {
  if (!options.rateLimits) return { rateLimiterFor: () => unlimited, close: () => {} };
  if (!options.redisUrl) return { rateLimiterFor: em => new DatabaseRateLimiter(em, clock), close: () => {} };

  // Who has no Redis does not load its client.
  const { RedisRateLimiter } = await import('./redis-rate-limiter.ts');
  const redis = await RedisRateLimiter.open(options.redisUrl, clock);
  const limiter = new FallbackRateLimiter(redis, clock, log, options.workers);
  return { rateLimiterFor: () => limiter, close: () => redis.close() };
}
