import type { Clock } from './core/clock.js';
import { messageOf } from './core/errors.js';
import type { Logger } from './core/logger.js';
import type { WorkerConfig } from './config.js';
import { createBullJobQueue } from './jobs/bull/bull-queue.js';
import { createBullRecurrence } from './jobs/bull/bull-recurrence.js';
import type { ModelProfiles } from './jobs/model-profiles.js';
import { createRedisModelProfiles } from './jobs/redis/model-profiles.js';
import { createRedisTrainingMarks } from './jobs/redis/training-marks.js';
import { RedisClient } from './ledger/redis/client.js';
import { createRedisLedger } from './ledger/redis/redis-ledger.js';
import { createRedisMetaRegistry } from './meta/registry-redis.js';
import { JOB_ATTEMPTS, type Store } from './system-store.js';

/**
 * So many rows with their inputs take a script of Redis under a second on a loaded machine. Four times as many take longer than a command
 * may (METAERR_REDIS_TIMEOUT_MILLISECONDS): Redis would be held, and the same rows tried again and again before all others.
 */
const MAX_REPLY_ROWS = 50_000;

/** Everything durable of the distributed mode. */
export interface RedisStore extends Store {
  readonly client: RedisClient;
  readonly profiles: ModelProfiles;
  /**
   * Waits for Redis as long as one command may take, and tells how durable it is as soon as it is there; a Redis that is away is no failure.
   * @throws MetaErrError REDIS_UNUSABLE for one that is there and cannot be used.
   */
  check(): Promise<void>;
  /** What is not there at the moment, in words. */
  missing(): readonly string[];
}

/** Begins to connect, and does not wait for it. @throws MetaErrError CONFIG_INVALID for a malformed URL. */
export function openRedisStore({ redis, workerConcurrency: concurrency }: Pick<WorkerConfig, 'redis' | 'workerConcurrency'>, role: string, { clock, logger }: { clock: Clock; logger: Logger }): RedisStore {
  const client = new RedisClient({ ...redis, name: `metaerr-${role}`, logger });
  return {
    client,
    address: { kind: 'redis', url: redis.url, prefix: redis.prefix },
    ledger: createRedisLedger(client),
    maxReplyRows: MAX_REPLY_ROWS,
    registry: createRedisMetaRegistry(client, clock),
    marks: createRedisTrainingMarks(client),
    profiles: createRedisModelProfiles(client),
    queue: createBullJobQueue({ client, clock, logger, maxAttempts: JOB_ATTEMPTS, concurrency }),
    recurrence: createBullRecurrence({ client, clock, logger }),
    async check() {
      await client.check();
      if (client.connected) await tellDurability(client, logger);
      else client.commands.once('ready', () => void tellDurability(client, logger));
    },
    missing: () => (client.away === null ? [] : [client.away]),
    close: () => client.close(),
  };
}

/** Never rejects. */
async function tellDurability(client: RedisClient, logger: Logger): Promise<void> {
  try {
    const { appendfsync, evicts } = await client.durability();
    if (appendfsync === 'always') logger.info({ appendfsync }, 'connected to Redis');
    else logger.warn({ appendfsync }, 'Redis can lose what it has acknowledged when it is killed: only appendfsync always keeps everything');
    if (evicts === true) logger.warn({}, 'Redis gives up keys when its memory is full, and with them predictions and meta-models: set maxmemory-policy noeviction');
  } catch (error) {
    logger.warn({ err: messageOf(error) }, 'Redis could not be asked how durable it is');
  }
}
