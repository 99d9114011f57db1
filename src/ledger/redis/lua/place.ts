/**
 * Lua: places in a sorted set. A reading goes on from (score, member), which stays right where members before or after it come or go,
 * and also where that member itself has gone.
 *
 * `placeOf(key, score, member)` gives the rank of the first member that is not before (score, member), and whether that is the member
 * itself. Redis orders equal scores by bytes; Lua's own comparison of strings depends on the server's locale, so bytes are compared here.
 */
export const LUA_PLACE = `
local function before(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

local function placeOf(key, score, member)
  local found = redis.call('ZSCORE', key, member)
  if found and tonumber(found) == tonumber(score) then return redis.call('ZRANK', key, member), true end
  local low = redis.call('ZCOUNT', key, '-inf', '(' .. score)
  local high = low + redis.call('ZCOUNT', key, score, score)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if before(redis.call('ZRANGE', key, middle, middle)[1], member) then low = middle + 1 else high = middle end
  end
  return low, false
end
`;
