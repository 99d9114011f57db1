import type { RedisClient } from '../../ledger/redis/client.js';

/**
 * Milliseconds since 1970 by the clock of Redis, which is the same for all processes; never goes back. Redis puts them into the ids of a
 * stream, which asks for no right beyond those of writing, as TIME would. STREAM `<prefix>:clock` keeps the last one.
 */
export async function redisTime({ commands, prefix }: Pick<RedisClient, 'commands' | 'prefix'>): Promise<number> {
  const id = await commands.xadd(`${prefix}:clock`, 'MAXLEN', 1, '*', 'asked', 1);
  return Number(id?.split('-')[0]);
}
