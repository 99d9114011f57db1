/** Ground truths that wait for their prediction or caller key (laws 3, 7, 9). Needs LUA_BASE. */
export const LUA_PENDING = String.raw`
-- What this run adds to the counters.
local pendingAdded, expiredAdded = 0, 0

local function countPending()
  if pendingAdded ~= 0 then call('HINCRBY', base .. 'counters', 'pending', pendingAdded) end
  if expiredAdded ~= 0 then call('HINCRBY', base .. 'counters', 'expired', expiredAdded) end
end

local function anyPending()
  return tonumber(call('HGET', base .. 'counters', 'pending') or 0) > 0
end

local function addPending(id, item)
  call('RPUSH', base .. 'w:' .. id, item)
  call('ZADD', base .. 'wz', 'LT', (unpackStruct('<d', item, 9)), id)
  pendingAdded = pendingAdded + 1
end

-- Removes and returns those of an id, in the order in which they came.
local function takePending(id)
  local key = base .. 'w:' .. id
  local items = call('LRANGE', key, 0, -1)
  if #items > 0 then
    call('DEL', key)
    call('ZREM', base .. 'wz', id)
    pendingAdded = pendingAdded - #items
  end
  return items
end
`;
