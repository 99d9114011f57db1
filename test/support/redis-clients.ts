import { RedisClient } from '../../src/ledger/redis/client.js';
import { recordingLogger } from './recording-logger.js';
import type { Teardown } from './teardown.js';

/** Clients of tests give up after this time. */
export const CLIENT_TIMEOUT_MILLISECONDS = 1_000;

/** A client as a process of the service has it, closed at the end of the test; it may still be connecting. */
export function newClient(t: Teardown, url: string, prefix = 'metaerr') {
  const logger = recordingLogger();
  const client = new RedisClient({ url, prefix, name: 'test', timeoutMilliseconds: CLIENT_TIMEOUT_MILLISECONDS, logger });
  t.teardown(() => client.close());
  return { client, logger };
}

/** The same, connected. */
export async function connectedClient(t: Teardown, url: string, prefix?: string): Promise<RedisClient> {
  const { client } = newClient(t, url, prefix);
  if (!(await client.whenConnected(10_000))) throw new Error('no connection to Redis');
  return client;
}
