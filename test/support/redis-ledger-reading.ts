import type { Test } from 'tap';
import { modelTag } from '../../src/core/ids.js';
import { createLogger } from '../../src/core/logger.js';
import { RedisClient } from '../../src/ledger/redis/client.js';
import type { ReaderPages } from '../../src/ledger/redis/reader.js';
import type { RedisServer } from './redis-server.js';

/** Pages so small that everything is read across their bounds. */
export const FEW: ReaderPages = { select: 3, read: 2, readBytes: 30, scan: 3, scanBytes: 30, count: 3, reply: 2, replyBytes: 30, history: 2, keep: 3, prune: 2 };

/** A connected client that the test closes. */
export async function clientOf(t: Test, server: RedisServer): Promise<RedisClient> {
  const client = new RedisClient({ url: server.url, prefix: 'metaerr', name: 'test', timeoutMilliseconds: 10_000, logger: createLogger('silent') });
  t.teardown(() => client.close());
  if (!(await client.whenConnected(10_000))) throw new Error('no connection');
  return client;
}

/** The keys of a model, but for its numbers, label sequences, counters and remembered calls, which stay by design. */
export async function remains(client: RedisClient, model: string): Promise<string[]> {
  const keys = (await client.commands.call('KEYS', `${client.keyBase(modelTag(model))}*`)) as string[];
  return keys.filter((key) => !/:(numbers|sequence|counters|once:.*)$/.test(key)).sort();
}
