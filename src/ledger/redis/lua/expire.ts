import { LUA_BASE } from './base.js';
import { LUA_PENDING } from './pending.js';

/**
 * One step of `expirePending`. ARGV: the time before which a ground truth was received, how many ids a step may look at.
 * Reply: [ground truths removed, ids looked at].
 */
export const LUA_EXPIRE = LUA_BASE + LUA_PENDING + String.raw`
local before, limit = tonumber(ARGV[1]), ARGV[2]
local ids = call('ZRANGEBYSCORE', base .. 'wz', '-inf', '(' .. ARGV[1], 'LIMIT', 0, limit)
for _, id in ipairs(ids) do
  for _, item in ipairs(takePending(id)) do
    if unpackStruct('<d', item, 9) < before then expiredAdded = expiredAdded + 1 else addPending(id, item) end
  end
end
countPending()
return {expiredAdded, #ids}
`;
