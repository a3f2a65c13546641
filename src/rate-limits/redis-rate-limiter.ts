import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from '@redis/client';
import type { Clock } from '../core/clock.ts';
import { withTimeout } from '../persistence/timeout.ts';
import { type CounterRef, keyOf, keysOf, type RateLimitRule, type SharedRateLimiter } from './rate-limiter.ts';

/** A slower store counts as unreachable, since a login waits for up to three responses. */
const RESPONSE_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = 2000;
const MAX_RECONNECT_DELAY_MS = 1000;

/** Counts in Redis, or a server with its protocol, for all replicas. Rejects at once while it is not connected. */
export class RedisRateLimiter implements SharedRateLimiter {
  private constructor(
    private readonly client: ReturnType<typeof newClient>,
    private readonly clock: Clock,
  ) {}

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

  onInterruption(listener: (error: unknown) => void): void {
    this.client.on('error', listener);
  }

  async consume(rule: RateLimitRule, ...subject: string[]): Promise<number> {
    const { limit, window, sliding = false, delayFrom = limit } = rule;
    const numbers = [this.clock.now().getTime(), window, limit, delayFrom, sliding ? 1 : 0];
    return Number(await this.run(CONSUME, keyOf(rule, subject), numbers));
  }

  async refund(rule: RateLimitRule, ...subject: string[]): Promise<void> {
    await this.run(REFUND, keyOf(rule, subject));
  }

  async reset(...counters: CounterRef[]): Promise<void> {
    await withTimeout(RESPONSE_TIMEOUT_MS, this.client.del(keysOf(counters)));
  }

  close(): void {
    this.client.destroy();
  }

  /** Redis runs a script atomically. */
  private run(script: string, key: string, numbers: number[] = []): Promise<unknown> {
    const command = this.client.eval(script, { keys: [key], arguments: numbers.map(String) });
    return withTimeout(RESPONSE_TIMEOUT_MS, command);
  }
}

/** Rejects when Redis cannot be reached within two seconds, refuses the password, or does not run scripts. */
export async function verifyRedis(url: string): Promise<void> {
  const client = createClient({ url, socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false } });
  client.on('error', () => {});
  try {
    await withTimeout(
      CONNECT_TIMEOUT_MS,
      client.connect().then(() => client.eval('return 1')),
    );
  } finally {
    client.destroy();
  }
}

/** The same rule as the statement of DatabaseRateLimiter. */
const CONSUME = `
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
  return 0`;

const REFUND = `
  if tonumber(redis.call('HGET', KEYS[1], 'hits') or 0) > 0 then
    redis.call('HINCRBY', KEYS[1], 'hits', -1)
    redis.call('HSET', KEYS[1], 'blocked_until', 0)
  end
  return 0`;

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
  });
