import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { Queue } from 'bullmq';
import type { RedisClient } from '../../ledger/redis/client.js';
import { translateRedisError } from '../../ledger/redis/errors.js';
import { bullPrefix, QUEUE_NAME } from './open-queue.js';

/** The queues as Bull Board reads them. */
export interface BoardQueues {
  readonly queues: readonly BullMQAdapter[];
  /** What the error of a queue means: STORE_UNAVAILABLE, or the error as it is. */
  translate(thrown: unknown): unknown;
  close(): Promise<void>;
}

const SHOWN = [
  { name: QUEUE_NAME, description: 'Retrainings. Ask for one with POST /v1/models/{model}/retrain, cancel one with DELETE /v1/jobs/{id}.' },
  { name: 'recurring', description: 'Housekeeping and scheduled retrainings.' },
] as const;

/** Opens the queues for looking at, on the connection of commands: they fail at once while Redis is away, also when it was never there. */
export function createBoardQueues(client: RedisClient): BoardQueues {
  const queues = SHOWN.map(({ name, description }) => ({ queue: openQueue(client, name), description }));
  return {
    // Retry, promote, remove and the like would go past what the job queue promises (one waiting job per model, one end per job).
    queues: queues.map(({ queue, description }) => new BullMQAdapter(queue, { readOnlyMode: true, description })),
    translate: (thrown) => translateRedisError(thrown, 'STORE_UNAVAILABLE'),
    async close() {
      await Promise.all(queues.map(({ queue }) => queue.close()));
    },
  };
}

function openQueue(client: RedisClient, name: string): Queue {
  const queue = new Queue(name, { connection: client.commands, prefix: bullPrefix(client), skipMetasUpdate: true, skipVersionCheck: true, skipWaitingForReady: true });
  // Without a listener an error would end the process; the answers of the queue tell it too.
  queue.on('error', () => undefined);
  return queue;
}
