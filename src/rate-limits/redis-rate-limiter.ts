import { setTimeout as wait } from 'node:timers/promises';
import { type CommandParser, createClient, defineScript } from '@redis/client';
import type { Clock } from '../core/clock.ts';
import { type CounterRef, keyOf, keysOf, type RateLimiter, type RateLimitRule } from './database-rate-limiter.ts';

/** Milliseconds. A store that needs longer is as good as away: a login asks it three times. */
const RESPONSE_TIMEOUT = 250;
const CONNECT_TIMEOUT = 2000;
const MAX_RECONNECT_DELAY = 1000;

/** Counts in Redis, or what speaks its protocol, for all replicas. Throws at once while it is not connected. */
export class RedisRateLimiter implements RateLimiter {
  private interrupted = false;

  private constructor(
    private readonly client: Client,
    private readonly clock: Clock,
  ) {
    client.on('reconnecting', () => {
      this.interrupted = true;
    });
  }

  /** Connects, now or as soon as it can, and again whenever the connection is lost. */
  static async open(url: string, clock: Clock): Promise<RedisRateLimiter> {
    const client = newClient(url);
    // Who asks it meanwhile is told by an error of their own.
    client.on('error', () => {});
    const connected = client.connect().catch(() => {});
    await Promise.race([connected, wait(CONNECT_TIMEOUT, undefined, { ref: false })]);
    return new RedisRateLimiter(client, clock);
  }

  async consume(rule: RateLimitRule, ...subject: string[]): Promise<number> {
    const { limit, window, sliding = false, delayFrom = limit } = rule;
    const numbers = [this.clock.now().getTime(), window, limit, delayFrom, sliding ? 1 : 0];
    return this.ask(client => client.take(keyOf(rule, subject), numbers));
  }

  async refund(rule: RateLimitRule, ...subject: string[]): Promise<void> {
    await this.ask(client => client.giveBack(keyOf(rule, subject)));
  }

  async reset(...counters: CounterRef[]): Promise<void> {
    await this.ask(client => client.del(keysOf(counters)));
  }

  /** Lets go of the connection. */
  close(): void {
    this.client.destroy();
  }

  private ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
    if (!this.interrupted || !this.client.isReady) return soon(question(this.client));
    // Said once, though it is here again: it may have come back empty.
    this.interrupted = false;
    return Promise.reject(new Interrupted());
  }
}

class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

class TooSlow extends Error {
  override readonly name = 'TooSlow';
}

async function soon<T>(answer: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = wait(RESPONSE_TIMEOUT, undefined, { signal: timer.signal }).then(() => Promise.reject(new TooSlow()));
  try {
    return await Promise.race([answer, late]);
  } finally {
    timer.abort();
    // Both may still fail, with nobody listening any more.
    answer.catch(() => {});
    late.catch(() => {});
  }
}

/** The same as the statement of DatabaseRateLimiter. Redis runs a script with nothing in between. */
const TAKE = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
    local now, window, slots, delay_from, sliding =
      tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == '1'
    local stored = redis.call('HMGET', KEYS[1], 'hits', 'blocked_until', 'resets_at')
    local hits, blocked_until, resets_at = tonumber(stored[1] or 0), tonumber(stored[2] or 0), tonumber(stored[3] or 0)
    local function store()
      local text = function(number) return string.format('%.0f', number) end
      redis.call('HSET', KEYS[1], 'hits', hits, 'blocked_until', text(blocked_until), 'resets_at', text(resets_at))
      redis.call('PEXPIRE', KEYS[1], text(resets_at - now))
    end
    if blocked_until > now + window then
      blocked_until = now + window
      resets_at = blocked_until
      store()
    end
    if blocked_until > now then return blocked_until - now end

    if resets_at <= now then hits = 0 end
    if resets_at <= now or sliding then resets_at = now + window end
    hits = hits + 1
    blocked_until = 0
    if hits >= slots then blocked_until = resets_at
    elseif hits >= delay_from then blocked_until = now + 1000 * 2 ^ (hits - delay_from) end
    store()
    return 0`,
  parseCommand(parser: CommandParser, key: string, numbers: number[]) {
    parser.pushKey(key);
    parser.push(...numbers.map(String));
  },
  transformReply: (reply: unknown) => reply as number,
});

const GIVE_BACK = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
    if tonumber(redis.call('HGET', KEYS[1], 'hits') or 0) > 0 then
      redis.call('HINCRBY', KEYS[1], 'hits', -1)
      redis.call('HSET', KEYS[1], 'blocked_until', 0)
    end
    return 0`,
  parseCommand(parser: CommandParser, key: string) {
    parser.pushKey(key);
  },
  transformReply: (reply: unknown) => reply as number,
});

type Client = ReturnType<typeof newClient>;

const newClient = (url: string) =>
  createClient({
    url,
    keyPrefix: 'bienvenue:limits:',
    // What could not be asked now must not be asked later: the caller is not there any more.
    disableOfflineQueue: true,
    socket: { connectTimeout: CONNECT_TIMEOUT, reconnectStrategy: tries => Math.min(50 * tries, MAX_RECONNECT_DELAY) },
    scripts: { take: TAKE, giveBack: GIVE_BACK },
  });
