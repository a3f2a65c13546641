import { setTimeout as wait } from 'node:timers/promises';
import { type CommandParser, createClient, defineScript } from '@redis/client';
import type { Clock } from '../core/clock.ts';
import { type CounterRef, keyOf, keysOf, type RateLimiter, type RateLimitRule } from './rate-limiter.ts';

/** A slower store counts as unreachable, since a login waits for up to three responses. */
const RESPONSE_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = 2000;
const MAX_RECONNECT_DELAY_MS = 1000;

/** Counts in Redis, or a server with its protocol, for all replicas. Rejects at once while it is not connected. */
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

  /**
   * Waits up to CONNECT_TIMEOUT_MS for the connection; after that the client keeps trying, as after a lost connection.
   */
  static async open(url: string, clock: Clock): Promise<RedisRateLimiter> {
    const client = newClient(url);
    // Failed commands reject already; without a listener the event would end the process.
    client.on('error', () => {});
    const connected = client.connect().catch(() => {});
    await Promise.race([connected, wait(CONNECT_TIMEOUT_MS, undefined, { ref: false })]);
    return new RedisRateLimiter(client, clock);
  }

  async consume(rule: RateLimitRule, ...subject: string[]): Promise<number> {
    const { limit, window, sliding = false, delayFrom = limit } = rule;
    const numbers = [this.clock.now().getTime(), window, limit, delayFrom, sliding ? 1 : 0];
    return this.run(client => client.consume(keyOf(rule, subject), numbers));
  }

  async refund(rule: RateLimitRule, ...subject: string[]): Promise<void> {
    await this.run(client => client.refund(keyOf(rule, subject)));
  }

  async reset(...counters: CounterRef[]): Promise<void> {
    await this.run(client => client.del(keysOf(counters)));
  }

  close(): void {
    this.client.destroy();
  }

  private run<T>(command: (client: Client) => Promise<T>): Promise<T> {
    if (!this.interrupted || !this.client.isReady) return withTimeout(command(this.client));
    // Rejects once after a reconnect: Redis may have lost its counters without any command noticing the interruption.
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

async function withTimeout<T>(response: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const timeout = wait(RESPONSE_TIMEOUT_MS, undefined, { signal: timer.signal }).then(() =>
    Promise.reject(new TooSlow()),
  );
  try {
    return await Promise.race([response, timeout]);
  } finally {
    timer.abort();
    // The promise that lost the race may still reject, which would be unhandled.
    response.catch(() => {});
    timeout.catch(() => {});
  }
}

/** The same rule as the statement of DatabaseRateLimiter. Redis runs a script atomically. */
const CONSUME = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
    local now, window, limit, delay_from, sliding =
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
    if hits >= limit then blocked_until = resets_at
    elseif hits >= delay_from then blocked_until = now + 1000 * 2 ^ (hits - delay_from) end
    store()
    return 0`,
  parseCommand(parser: CommandParser, key: string, numbers: number[]) {
    parser.pushKey(key);
    parser.push(...numbers.map(String));
  },
  transformReply: (reply: unknown) => reply as number,
});

const REFUND = defineScript({
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
    // A command that cannot be sent now has no use later, when its request has ended.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: attempts => Math.min(50 * attempts, MAX_RECONNECT_DELAY_MS),
    },
    scripts: { consume: CONSUME, refund: REFUND },
  });
