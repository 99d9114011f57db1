import { LUA_BASE } from './base.js';
import { LUA_JOIN } from './join.js';
import { LUA_OUTCOME } from './outcome.js';
import { LUA_PENDING } from './pending.js';
import { LUA_REPLIES } from './replies.js';

/**
 * `record` of some ground truths of one tag. ARGV: nonce, seconds for which it is remembered, items (each u32 length, id, u32 length, ground
 * truth as in layout.ts). Reply: u32 count; a byte for each result, and u32 place of the
 * key that answered its row among the keys that follow, 0 for none; u32 count of keys, each u32 length and text; then the changes as `settle` writes them.
 */
export const LUA_RECORD = LUA_BASE + LUA_OUTCOME + LUA_REPLIES + LUA_JOIN + LUA_PENDING + String.raw`
local nonce, seconds, items = ARGV[1], ARGV[2], ARGV[3]
local before = remembered(nonce)
if before then return before end

local results, places, keys, placeOf, at = {}, {}, {}, {}, 1

local function placeOfKey(k)
  if not k then return 0 end
  if not placeOf[k] then
    local name = keyNamed(k)
    keys[#keys + 1] = pack('<I4', #name) .. name
    placeOf[k] = #keys
  end
  return placeOf[k]
end

while at <= #items do
  local id, item
  id, item, at = unpackStruct('<I4c0I4c0', items, at)
  local result, k = join(id, item)
  if result == PENDING then addPending(id, item) end
  results[#results + 1] = string.char(result)
  places[#places + 1] = pack('<I4', placeOfKey(k))
end
countPending()
return remember(nonce, seconds, pack('<I4', #results) .. table.concat(results) .. table.concat(places) .. pack('<I4', #keys) .. table.concat(keys) .. settle())
`;
