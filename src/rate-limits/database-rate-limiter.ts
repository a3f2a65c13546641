import { createHash } from 'node:crypto';
import type { Dictionary, QueryResult } from '@mikro-orm/core';
import { type Clock, SECOND } from '../core/clock.ts';
import type { EntityManager } from '../persistence/database.ts';
import { executeRelaxed } from '../persistence/relaxed-durability.ts';
import { RateLimitCounter } from './rate-limit.entity.ts';

/** How often something may be tried. */
export interface RateLimitRule {
  name: string;
  /** Tries in a window. */
  limit: number;
  /** In milliseconds; never, when only a success or a reset gives limit back. */
  window: number;
  /** True: the window starts anew with each try, so it takes a whole one of quiet until all limit are back. */
  sliding?: boolean;
  /** From this try on the next one has to wait: a second, then two, four, eight … */
  delayFrom?: number;
}

/** What is counted: by which rule, and for whom or what. */
export type CounterRef = [rule: RateLimitRule, ...subject: string[]];

/** Counts tries. A slot is taken before the work it stands for, and atomically, so that no number at once gets past. */
export interface RateLimiter {
  /** Takes a slot of what is named by `subject`: 0, or the milliseconds to wait when there is none. */
  consume(rule: RateLimitRule, ...subject: string[]): Promise<number>;
  /** Gives one slot back that was taken, and with it the way in for the next. */
  refund(rule: RateLimitRule, ...subject: string[]): Promise<void>;
  /** Gives all limit of these back. */
  reset(...counters: CounterRef[]): Promise<void>;
}

/** Only what the server itself derived gets into a key, and nobody's address is readable there. */
export const keyOf = (rule: RateLimitRule, subject: string[]) =>
  createHash('sha256')
    .update(JSON.stringify([rule.name, ...subject]))
    .digest('hex');

/** In one order, so that two that clear the same do not wait for each other. */
export const keysOf = (counters: CounterRef[]) => counters.map(([rule, ...subject]) => keyOf(rule, subject)).sort();

/**
 * Counts in the service's own database, so that restarts and replicas change nothing. Nobody waits until a try is on the
 * disk: who can cut the power gains the tries of the last moment, and everybody else would wait for it three times a login.
 */
export class DatabaseRateLimiter implements RateLimiter {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
  ) {}

  /** By statements each of which is atomic. Whom another one overtakes between two of them begins again. */
  async consume(rule: RateLimitRule, ...subject: string[]): Promise<number> {
    const key = keyOf(rule, subject);
    const ways = consumeStatements(rule, this.em);
    for (;;) {
      const now = this.clock.now().getTime();
      const parameters = { key, now, end: now + rule.window };
      for (const sql of ways) if (await executeRelaxed(this.em, sql, parameters)) return 0;

      const limit = await this.em.findOne(RateLimitCounter, { key }, { refresh: true });
      if (limit && limit.blockedUntil > now) return this.waitFor(limit, rule, now);
    }
  }

  /** Should the clock have been set back since, nobody has to wait for longer than the window that they were told of. */
  private async waitFor(
    { key, blockedUntil }: RateLimitCounter,
    { window }: RateLimitRule,
    now: number,
  ): Promise<number> {
    const end = now + window;
    if (blockedUntil <= end) return blockedUntil - now;
    await this.em.nativeUpdate(
      RateLimitCounter,
      { key, blockedUntil: { $gt: end } },
      { blockedUntil: end, resetsAt: end },
    );
    return window;
  }

  async refund(rule: RateLimitRule, ...subject: string[]): Promise<void> {
    await this.run(GIVE_BACK, { key: keyOf(rule, subject) });
  }

  async reset(...counters: CounterRef[]): Promise<void> {
    const keys = keysOf(counters);
    await this.run(`delete from limits where limits.key in (${keys.map(() => '?').join(', ')})`, keys);
  }

  /** How many rows it changed. */
  private async run(sql: string, parameters: Dictionary | unknown[]): Promise<number> {
    const context = this.em.getTransactionContext();
    const { affectedRows } = await this.em.getConnection().execute<QueryResult>(sql, parameters, 'run', context);
    return affectedRows;
  }
}

/** The statements to try one after another, of which the first that changes a row has taken a slot. */
function consumeStatements(rule: RateLimitRule, em: EntityManager): string[] {
  const platform = em.getPlatform();
  const key = platform.quoteIdentifier('key');
  const begin = `into limits (${key}, hits, blocked_until, resets_at) values (:key, 1, ${blockedAfterFirst(rule)}, :end)`;
  const goOn = `set ${incrementClause(rule)} where`;
  // MySQL, the one without RETURNING, puts no condition on what it does about a conflict.
  const ways = platform.usesReturningStatement()
    ? [`insert ${begin} on conflict (${key}) do update ${goOn} limits.blocked_until <= :now`]
    : [`update limits ${goOn} limits.key = :key and blocked_until <= :now`, `insert ignore ${begin}`];
  return ways;
}

/**
 * Takes a slot of a row that is open, and says when the next one opens. The order of the columns counts: MySQL goes by
 * what it has just set, so each is set before what the others look at.
 */
function incrementClause(rule: RateLimitRule): string {
  const { limit, sliding, delayFrom = limit } = rule;
  const resetsAt = sliding ? ':end' : 'limits.resets_at';
  return `
      blocked_until = case
        when limits.resets_at <= :now then ${blockedAfterFirst(rule)}
        when limits.hits + 1 >= ${limit} then ${resetsAt}
        when limits.hits + 1 >= ${delayFrom} then :now + (${SECOND} << (limits.hits + 1 - ${delayFrom}))
        else 0 end,
      hits = case when limits.resets_at <= :now then 1 else limits.hits + 1 end,
      resets_at = case when limits.resets_at <= :now then :end else ${resetsAt} end`;
}

/** When the next try may be, after the first of a window. */
const blockedAfterFirst = ({ limit }: RateLimitRule) => (limit === 1 ? ':end' : '0');

const GIVE_BACK = 'update limits set hits = hits - 1, blocked_until = 0 where limits.key = :key and hits > 0';

/** Lets everything through: for measuring, on loopback only. */
export const unlimited: RateLimiter = {
  consume: async () => 0,
  refund: async () => {},
  reset: async () => {},
};
