import { readFileSync } from 'node:fs';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseRedisUrl, type RedisAddress } from './address.js';

export type RedisConnection = Redis | Cluster;

/**
 * What a connection is for.
 * - `commands`: of requests; fails at once while Redis is away, and after the time-out when it does not answer;
 * - `blocking`: waits for jobs or events, for ever, and across restarts of Redis (BullMQ's workers and event readers);
 * - `subscriber`: receives messages; subscribes again after a loss.
 */
export type Purpose = 'commands' | 'blocking' | 'subscriber';

export interface ConnectionOptions {
  readonly url: string;
  readonly timeoutMilliseconds: number;
  /** Shown by CLIENT LIST. */
  readonly name: string;
}

const MAX_RECONNECT_PAUSE_MILLISECONDS = 500;

/** A new connection, connecting by itself, again and again; listen to `ready`, `close` and `error`. Throws CONFIG_INVALID for a malformed URL. */
export function connect(options: ConnectionOptions, purpose: Purpose): RedisConnection {
  const address = parseRedisUrl(options.url);
  const common = { ...optionsOf(address, options), ...OF_PURPOSE[purpose](options) };
  const [node] = address.nodes;
  if (!address.cluster) return new Redis({ ...common, ...node, db: address.db, retryStrategy });
  const { enableOfflineQueue = true, ...redisOptions } = common;
  return new Cluster([...address.nodes], { redisOptions, enableOfflineQueue, clusterRetryStrategy: retryStrategy, slotsRefreshTimeout: options.timeoutMilliseconds });
}

type PurposeOptions = Pick<RedisOptions, 'enableOfflineQueue' | 'autoResendUnfulfilledCommands' | 'maxRetriesPerRequest' | 'commandTimeout' | 'autoResubscribe'>;

const OF_PURPOSE: Readonly<Record<Purpose, (options: ConnectionOptions) => PurposeOptions>> = {
  // A write whose reply was lost is not sent again behind the caller's back.
  commands: ({ timeoutMilliseconds }) => ({ enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, commandTimeout: timeoutMilliseconds }),
  blocking: () => ({ maxRetriesPerRequest: null }),
  subscriber: () => ({ maxRetriesPerRequest: null, autoResubscribe: true }),
};

function retryStrategy(times: number): number {
  return Math.min(50 * times, MAX_RECONNECT_PAUSE_MILLISECONDS);
}

function optionsOf({ username, password, tls }: RedisAddress, { name, timeoutMilliseconds }: ConnectionOptions) {
  const file = (path: string | null) => (path === null ? undefined : readFileSync(path));
  return {
    connectionName: name,
    connectTimeout: timeoutMilliseconds,
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    ...(tls !== null && { tls: { ca: file(tls.ca), cert: file(tls.cert), key: file(tls.key), ...(tls.servername !== null && { servername: tls.servername }) } }),
  };
}
