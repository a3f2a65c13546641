import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Options } from '../options.ts';
import type { EntityManager } from '../persistence/database.ts';
import { DatabaseRateLimiter } from './database-rate-limiter.ts';
import { FallbackRateLimiter } from './fallback-rate-limiter.ts';
import { type RateLimiter, unlimited } from './rate-limiter.ts';

interface RateLimiters {
  /** The rate limiter that counts within one request's unit of work. */
  rateLimiterFor(em: EntityManager): RateLimiter;
  close(): void;
}

/** Counts in Redis when it is configured, otherwise in the database. An unreachable Redis does not prevent the start. */
export async function openRateLimiters(options: Options, clock: Clock, log: Log): Promise<RateLimiters> {
  if (!options.rateLimits) return { rateLimiterFor: () => unlimited, close: () => {} };
  if (!options.redisUrl) return { rateLimiterFor: em => new DatabaseRateLimiter(em, clock), close: () => {} };

  // The client is loaded only when Redis is used.
  const { RedisRateLimiter } = await import('./redis-rate-limiter.ts');
  const redis = await RedisRateLimiter.open(options.redisUrl, clock);
  const store = `Redis at ${new URL(options.redisUrl).host}`;
  const limiter = new FallbackRateLimiter({ shared: redis, store, clock, log, workers: options.workers });
  return { rateLimiterFor: () => limiter, close: () => redis.close() };
}
