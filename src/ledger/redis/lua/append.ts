import { LUA_BASE } from './base.js';
import { LUA_JOIN } from './join.js';
import { LUA_OUTCOME } from './outcome.js';
import { LUA_PENDING } from './pending.js';
import { LUA_REPLIES } from './replies.js';

/**
 * `append` of some replies of one model. ARGV: nonce, seconds for which it is remembered, model, model key, digest of the feature schema,
 * width of its vectors, replies (as `encodeReplies` writes them). Reply: the changes as `settle` writes them, or, where the feature
 * schema has another width, that width as a number, and nothing was written.
 */
export const LUA_APPEND = LUA_BASE + LUA_OUTCOME + LUA_REPLIES + LUA_JOIN + LUA_PENDING + String.raw`
local nonce, seconds, model, modelKey, schema, width, replies = unpack(ARGV)
local before = remembered(nonce)
if before then return before end

local numbers = base .. 'numbers'
local m, k, f = unpack(call('HMGET', numbers, 'm:' .. model, 'k:' .. modelKey, 'f:' .. schema))
if f then
  local other = string.match(call('HGET', numbers, 'F:' .. f), '^%d+')
  if other ~= width then return tonumber(other) end
end
local function number(name, back, meaning)
  local n = call('HINCRBY', numbers, 'n', 1)
  call('HSET', numbers, name, n, back .. n, meaning)
  return n
end
m = m or number('m:' .. model, 'M:', model)
k = k or number('k:' .. modelKey, 'K:', m .. ':' .. modelKey)
f = f or number('f:' .. schema, 'F:', width .. ':' .. schema)

-- Ids and caller keys that were just seen, for what waits for them.
local ids, keys = {}, {}

local function addCallers(id, rest)
  local at = unpackStruct('<I4', rest, 5) - 15
  local count
  count, at = unpackStruct('<I4', rest, at)
  for _ = 1, count do
    local row, key
    row, key, at = unpackStruct('<i4I4c0', rest, at)
    call('SADD', base .. 'c:' .. key, id .. '\0' .. (row < 0 and 'w' or row))
    keys[#keys + 1] = key
  end
end

local numbered = pack('<I4I4', k, f)
local byTime, withInputs, at = {}, {}, 1
while at <= #replies do
  local id, head, rest, inputs
  id, head, rest, inputs, at = unpackStruct('<I4c0c8I4c0I4', replies, at)
  local created = call('SET', base .. 'p:' .. id, head .. numbered .. rest, 'NX')
  local createdAt = unpackStruct('<d', rest, 17)
  for _ = 1, inputs do
    local row, json
    row, json, at = unpackStruct('<I4I4c0', replies, at)
    if created then call('HSET', base .. 'i:' .. id, row, json) end
  end
  if created then
    ids[#ids + 1] = id
    byTime[#byTime + 1], byTime[#byTime + 2] = createdAt, id
    if inputs > 0 then withInputs[#withInputs + 1], withInputs[#withInputs + 2] = createdAt, id end
    addCallers(id, rest)
  end
end
if #byTime > 0 then call('ZADD', base .. 'x:' .. m, unpack(byTime)) end
if #withInputs > 0 then call('ZADD', base .. 'xi:' .. m, unpack(withInputs)) end

local function joinPending(id)
  for _, item in ipairs(takePending(id)) do
    -- What turns out invalid is given up.
    if join(id, item) >= PENDING then expiredAdded = expiredAdded + 1 end
  end
end
if #ids > 0 and anyPending() then
  for _, id in ipairs(ids) do joinPending(id) end
  for _, key in ipairs(keys) do joinPending(key) end
  countPending()
end
local settled = settle()
-- What changed nothing may be sent twice without harm.
return settled == '' and settled or remember(nonce, seconds, settled)
`;
