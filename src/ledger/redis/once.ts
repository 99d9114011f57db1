import { randomBytes } from 'node:crypto';
import type { RedisClient } from './client.js';
import { isConnectionLoss } from './errors.js';

const NONCE_BYTES = 12;

/** A name for a run of a script that takes effect once, however often it is sent. */
export function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64url');
}

/**
 * Makes a call that has a nonce. When the connection is lost before the answer, it makes the same call once more as soon as Redis is
 * there again, all within the time-out of the client: the script knows the nonce, so it takes effect once.
 * Rejects with LEDGER_UNAVAILABLE.
 */
export async function sendOnce(client: RedisClient, call: () => Promise<unknown>): Promise<unknown> {
  const deadline = performance.now() + client.timeoutMilliseconds;
  return client.attempt('LEDGER_UNAVAILABLE', async () => {
    // The first must be sent in this very tick.
    const wasConnected = client.connected;
    try {
      return await call();
    } catch (error) {
      if (!wasConnected || !isConnectionLoss(error) || !(await client.whenConnected(deadline - performance.now()))) throw error;
      return within(deadline - performance.now(), call());
    }
  });
}

async function within<T>(milliseconds: number, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Command timed out')), milliseconds);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
