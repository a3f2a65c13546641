import { raw } from '@mikro-orm/core';
import { type Clock, SECOND } from '../core/clock.ts';
import type { EntityManager } from '../persistence/database.ts';
import { executeRelaxed } from '../persistence/relaxed-durability.ts';
import { RateLimitCounter } from './rate-limit.entity.ts';
import { type CounterRef, keyOf, keysOf, type RateLimiter, type RateLimitRule } from './rate-limiter.ts';

/**
 * Counts in the service's own database, so that restarts and replicas change nothing. Attempts skip the fsync: after a
 * power cut an attacker regains at most the attempts of the last moment, and every login saves three disk flushes.
 */
export class DatabaseRateLimiter implements RateLimiter {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
  ) {}

  /** Each statement is atomic. When another request changes the counter between two of them, this one starts over. */
  async consume(rule: RateLimitRule, ...subject: string[]): Promise<number> {
    const key = keyOf(rule, subject);
    const statements = consumeStatements(rule, this.em);
    for (;;) {
      const now = this.clock.now().getTime();
      const parameters = { key, now, end: now + rule.window };
      for (const sql of statements) if (await executeRelaxed(this.em, sql, parameters)) return 0;

      const counter = await this.em.findOne(RateLimitCounter, { key }, { refresh: true });
      if (counter && counter.blockedUntil > now) return this.waitFor(counter, rule, now);
    }
  }

  /** After the clock was set back, a block lasts one window at most. */
  private async waitFor(counter: RateLimitCounter, { window }: RateLimitRule, now: number): Promise<number> {
    const { key, blockedUntil } = counter;
    const end = now + window;
    if (blockedUntil <= end) return blockedUntil - now;
    const stillTooLong = { key, blockedUntil: { $gt: end } };
    await this.em.nativeUpdate(RateLimitCounter, stillTooLong, { blockedUntil: end, resetsAt: end });
    return window;
  }

  async refund(rule: RateLimitRule, ...subject: string[]): Promise<void> {
    const counted = { key: keyOf(rule, subject), hits: { $gt: 0 } };
    await this.em.nativeUpdate(RateLimitCounter, counted, { hits: raw('hits - 1'), blockedUntil: 0 });
  }

  async reset(...counters: CounterRef[]): Promise<void> {
    await this.em.nativeDelete(RateLimitCounter, { key: { $in: keysOf(counters) } });
  }
}

/**
 * Statements to run in order until one changes a row, which counts the attempt. None does while the counter is blocked.
 */
function consumeStatements(rule: RateLimitRule, em: EntityManager): string[] {
  const platform = em.getPlatform();
  const key = platform.quoteIdentifier('key');
  const insert = `into limits (${key}, hits, blocked_until, resets_at) values (:key, 1, ${firstBlock(rule)}, :end)`;
  const update = `set ${incrementClause(rule)} where`;
  // MySQL, the engine without RETURNING, has no condition on ON DUPLICATE KEY UPDATE.
  return platform.usesReturningStatement()
    ? [`insert ${insert} on conflict (${key}) do update ${update} limits.blocked_until <= :now`]
    : [`update limits ${update} limits.key = :key and blocked_until <= :now`, `insert ignore ${insert}`];
}

/** MySQL evaluates assignments in order and reads new values, so each column is set before the columns it depends on. */
function incrementClause(rule: RateLimitRule): string {
  const { limit, sliding, delayFrom = limit } = rule;
  const resetsAt = sliding ? ':end' : 'limits.resets_at';
  return `
      blocked_until = case
        when limits.resets_at <= :now then ${firstBlock(rule)}
        when limits.hits + 1 >= ${limit} then ${resetsAt}
        when limits.hits + 1 >= ${delayFrom} then :now + (${SECOND} << (limits.hits + 1 - ${delayFrom}))
        else 0 end,
      hits = case when limits.resets_at <= :now then 1 else limits.hits + 1 end,
      resets_at = case when limits.resets_at <= :now then :end else ${resetsAt} end`;
}

/** `blocked_until` after the first attempt of a window. */
const firstBlock = ({ limit }: RateLimitRule) => (limit === 1 ? ':end' : '0');
