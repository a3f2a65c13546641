import { createHash } from 'node:crypto';
import type { EntityManager } from '../database.ts';
import type { Clock } from './clock.ts';
import { Limit } from './limit.entity.ts';

/** How often something may be tried. */
export interface LimitRule {
  name: string;
  /** Tries in a window. */
  slots: number;
  /** In milliseconds; never, when only a success or a reset gives slots back. */
  window: number;
  /** True: the window starts anew with each try, so it takes a whole one of quiet until all slots are back. */
  sliding?: boolean;
  /** From this try on the next one has to wait: a second, then two, four, eight … */
  delayFrom?: number;
}

/** Counts tries. A slot is taken before the work it stands for, by one statement, so that no number at once gets past. */
export interface Limiter {
  /** Takes a slot of what is named by `subject`: 0, or the milliseconds to wait when there is none. */
  take(rule: LimitRule, ...subject: string[]): Promise<number>;
  /** Gives one slot back that was taken, and with it the way in for the next. */
  giveBack(rule: LimitRule, ...subject: string[]): Promise<void>;
  /** Gives all slots back. */
  clear(rule: LimitRule, ...subject: string[]): Promise<void>;
}

/** Only what the server itself derived gets into a key, and nobody's address is readable there. */
export const keyOf = (rule: LimitRule, subject: string[]) =>
  createHash('sha256')
    .update(JSON.stringify([rule.name, ...subject]))
    .digest('hex');

/** Counts in the service's own database, so that restarts and replicas change nothing. */
export class DatabaseLimiter implements Limiter {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
  ) {}

  async take(rule: LimitRule, ...subject: string[]): Promise<number> {
    const key = keyOf(rule, subject);
    const now = this.clock.now().getTime();
    const taken = await this.em.getConnection().execute(TAKE, parametersOf(rule, key, now));
    if (taken.length > 0) return 0;

    const limit = await this.em.findOne(Limit, { key }, { refresh: true });
    const wait = (limit?.blockedUntil ?? 0) - now;
    return wait > rule.window ? this.shorten(key, now, rule.window) : Math.max(1, wait);
  }

  /** The clock was set back since: nobody has to wait for longer than the window that they were told of. */
  private async shorten(key: string, now: number, window: number): Promise<number> {
    const end = now + window;
    await this.em.nativeUpdate(Limit, { key, blockedUntil: { $gt: end } }, { blockedUntil: end, resetsAt: end });
    return window;
  }

  async giveBack(rule: LimitRule, ...subject: string[]): Promise<void> {
    await this.em.getConnection().execute(GIVE_BACK, [keyOf(rule, subject)]);
  }

  async clear(rule: LimitRule, ...subject: string[]): Promise<void> {
    await this.em.nativeDelete(Limit, { key: keyOf(rule, subject) });
  }
}

/** Each slot taken says when the next one opens; a row that is not open yet is left alone, and then nothing comes back. */
const TAKE = `
  insert into limits (key, hits, blocked_until, resets_at) values (?, 1, ?, ?)
  on conflict (key) do update set
    hits = case when limits.resets_at <= ? then 1 else limits.hits + 1 end,
    blocked_until = case
      when limits.resets_at <= ? then excluded.blocked_until
      when limits.hits + 1 >= ? then case when ? then excluded.resets_at else limits.resets_at end
      when limits.hits + 1 >= ? then ? + (1000 << (limits.hits + 1 - ?))
      else 0 end,
    resets_at = case when limits.resets_at <= ? or ? then excluded.resets_at else limits.resets_at end
  where limits.blocked_until <= ?
  returning hits`;

const GIVE_BACK = 'update limits set hits = hits - 1, blocked_until = 0 where key = ? and hits > 0';

function parametersOf({ slots, window, sliding = false, delayFrom = slots }: LimitRule, key: string, now: number) {
  const resetsAt = now + window;
  const firstBlock = slots === 1 ? resetsAt : 0;
  const slides = sliding ? 1 : 0;
  return [key, firstBlock, resetsAt, now, now, slots, slides, delayFrom, now, delayFrom, now, slides, now];
}

/** Lets everything through: for measuring, on loopback only. */
export const unlimited: Limiter = {
  take: async () => 0,
  giveBack: async () => {},
  clear: async () => {},
};
