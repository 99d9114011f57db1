import type { RedisClient, RedisScript } from './client.js';

/** A script of the ledger; where Redis cannot be used now it rejects with LEDGER_UNAVAILABLE. */
export function ledgerScript(client: RedisClient, lua: string): RedisScript {
  const script = client.script(lua);
  return (keys, values) => client.attempt('LEDGER_UNAVAILABLE', () => script(keys, values));
}
