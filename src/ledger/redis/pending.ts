import type { RedisClient } from './client.js';
import { LUA_EXPIRE } from './lua/expire.js';

/** Ids of one step: it holds Redis for a few milliseconds at most. */
const STEP = 200;

/** `expirePending` of the ledger (law 9), in steps. Rejects with LEDGER_UNAVAILABLE; what was removed until then stays removed. */
export function createExpirePending(client: RedisClient) {
  const script = client.script(LUA_EXPIRE);

  return async (tag: string, receivedBefore: number): Promise<number> => {
    let removed = 0;
    for (;;) {
      const [expired, ids] = (await client.attempt('LEDGER_UNAVAILABLE', () => script([client.keyBase(tag)], [receivedBefore, STEP]))) as [number, number];
      removed += expired;
      if (ids < STEP) return removed;
    }
  };
}
