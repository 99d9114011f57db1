import { readFileSync } from 'node:fs';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseRedisUrl, type RedisAddress } from './address.js';
import { PromptCluster } from './prompt-cluster.js';

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
/** Longer than BullMQ lets a call wait (10 s): no answer for so long means that the other side is gone without a word. */
const BLOCKING_SILENCE_MILLISECONDS = 30_000;

/** A new connection, connecting by itself, again and again; listen to `ready`, `close` and `error`. Throws CONFIG_INVALID for a malformed URL. */
export function connect(options: ConnectionOptions, purpose: Purpose): RedisConnection {
  const address = parseRedisUrl(options.url);
  const common = { ...optionsOf(address, options), ...OF_PURPOSE[purpose](options) };
  const [node] = address.nodes;
  if (!address.cluster) return new Redis({ ...common, ...node, db: address.db, retryStrategy });
  return clusterOf(address, common, purpose, options);
}

type PurposeOptions = Pick<RedisOptions, 'enableOfflineQueue' | 'autoResendUnfulfilledCommands' | 'maxRetriesPerRequest' | 'commandTimeout' | 'socketTimeout' | 'autoResubscribe'>;

const OF_PURPOSE: Readonly<Record<Purpose, (options: ConnectionOptions) => PurposeOptions>> = {
  // A write whose reply was lost is not sent again behind the caller's back. A connection on which nothing comes any more is given up: else
  // calls would pile up in it, and each would wait for its time-out.
  commands: ({ timeoutMilliseconds }) => ({
    enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, commandTimeout: timeoutMilliseconds, socketTimeout: timeoutMilliseconds,
  }),
  blocking: () => ({ maxRetriesPerRequest: null, socketTimeout: BLOCKING_SILENCE_MILLISECONDS }),
  subscriber: ({ timeoutMilliseconds }) => ({ maxRetriesPerRequest: null, autoResubscribe: true, socketTimeout: timeoutMilliseconds }),
};

function clusterOf(address: RedisAddress, common: ReturnType<typeof optionsOf> & PurposeOptions, purpose: Purpose, { timeoutMilliseconds }: ConnectionOptions): Cluster {
  // The nodes queue what comes while they connect, under its time-out; PromptCluster rejects what comes while there are none.
  const { enableOfflineQueue: _, ...redisOptions } = common;
  const prompt = purpose === 'commands';
  const options = {
    redisOptions,
    clusterRetryStrategy: retryStrategy,
    slotsRefreshTimeout: timeoutMilliseconds,
    // With TLS the certificates name hosts: they must not be replaced by their addresses.
    ...(address.tls !== null && { dnsLookup: (host: string, callback: (error: NodeJS.ErrnoException | null, address: string) => void) => callback(null, host) }),
    // With a delay ioredis sends again what may have been done already.
    ...(prompt && { retryDelayOnFailover: 0 }),
  };
  return prompt ? new PromptCluster([...address.nodes], options) : new Cluster([...address.nodes], options);
}

function retryStrategy(times: number): number {
  return Math.min(50 * times, MAX_RECONNECT_PAUSE_MILLISECONDS);
}

function optionsOf({ username, password, tls }: RedisAddress, { name, timeoutMilliseconds }: ConnectionOptions) {
  const file = (path: string | null) => (path === null ? undefined : readFileSync(path));
  return {
    connectionName: name,
    connectTimeout: timeoutMilliseconds,
    disconnectTimeout: timeoutMilliseconds,
    maxLoadingRetryTime: MAX_RECONNECT_PAUSE_MILLISECONDS,
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    ...(tls !== null && { tls: { ca: file(tls.ca), cert: file(tls.cert), key: file(tls.key), ...(tls.servername !== null && { servername: tls.servername }) } }),
  };
}
