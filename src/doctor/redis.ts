import type { Options } from '../options.ts';
import { codeOf, type Finding, fault, ok } from './finding.ts';

/** Connects to Redis, if it is configured, and runs an empty script: limits are counted by scripts. */
export async function checkRedis({ redisUrl }: Options): Promise<Finding[]> {
  if (redisUrl === undefined) return [];
  const { host } = new URL(redisUrl);
  try {
    const { verifyRedis } = await import('../rate-limits/redis-rate-limiter.ts');
    await verifyRedis(redisUrl);
    return [ok('redis', `REDIS_URL: Redis at ${host} responds.`)];
  } catch (error) {
    return [refused(host, error)];
  }
}

function refused(host: string, error: unknown): Finding {
  // The first word of an error of Redis is its code.
  const [, code] = /^(NOAUTH|WRONGPASS|NOPERM)\b/.exec((error as Error).message) ?? [];
  if (code !== undefined)
    return fault(
      'redis',
      `REDIS_URL: Redis at ${host} refuses the user or the password (${code}).`,
      'Correct them, and permit EVAL, DEL and the keys bienvenue:limits:* to that user.',
    );
  return fault(
    'redis',
    `REDIS_URL: Redis at ${host} cannot be reached (${codeOf(error)}).`,
    'Check host, port and firewall. Until it works, every process counts attempts by itself.',
  );
}
