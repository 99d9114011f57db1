import { Queue } from 'bullmq';
import type { RedisClient } from '../../ledger/redis/client.js';
import type { JobData, JobEnd } from './job-data.js';

/** Name of the queue of retrainings in BullMQ. */
export const QUEUE_NAME = 'retrain';

/** First part of BullMQ's keys; the braces are Redis Cluster's hash tag, for its scripts touch many keys of a queue. */
export function bullPrefix(client: Pick<RedisClient, 'prefix'>): string {
  return `{${client.prefix}}`;
}

/** Where the keys of the queue of retrainings begin. */
export function queueBase(client: Pick<RedisClient, 'prefix'>): string {
  return `${bullPrefix(client)}:${QUEUE_NAME}:`;
}

/**
 * The BullMQ queue of retrainings, on the connection of commands: it fails at once while Redis is away, also when Redis was never there
 * (BullMQ would wait for the first connection, and is told not to). `close` leaves the connection open.
 */
export function openBullQueue(client: Pick<RedisClient, 'prefix' | 'commands'>): Queue<JobData, JobEnd> {
  const options = { connection: client.commands, prefix: bullPrefix(client), skipWaitingForReady: true, skipVersionCheck: true };
  const queue = new Queue<JobData, JobEnd>(QUEUE_NAME, options);
  // Only what the connection says, which the client has told already; without a listener it would be printed.
  queue.on('error', () => undefined);
  return queue;
}
