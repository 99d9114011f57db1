/**
 * Lua: goes through rows of a model in order of createdAt, id, row, a page at a time. Needs LUA_PLACE and LUA_REPLY. Reads of ARGV, from 1:
 * base of keys | createdAt, id and row to go on from (an empty id: from the first of that time; both empty: from the beginning) |
 * createdAt and id of the last reply | rows looked at in a page | numbers of the model keys that are wanted, joined by commas.
 *
 * `walk(headBytes, full, visit)` calls `visit(reply, row)` for each row of a wanted key until `full()`, and gives where to go on as
 * { createdAt, id, row }, or false at the end.
 */
export const LUA_WALK = `
local base = ARGV[1]
local PAST = 4294967295

local function walk(headBytes, full, visit)
  local x = KEYS[1]
  local rank, row = 0, 0
  if ARGV[3] ~= '' then
    local found
    rank, found = placeOf(x, ARGV[2], ARGV[3])
    row = found and tonumber(ARGV[4]) or 0
  elseif ARGV[2] ~= '' then
    rank = redis.call('ZCOUNT', x, '-inf', '(' .. ARGV[2])
  end
  local stop, there = placeOf(x, ARGV[5], ARGV[6])
  if there then stop = stop + 1 end
  if rank >= stop then return false end
  local limit = tonumber(ARGV[7])
  local wanted = {}
  for k in string.gmatch(ARGV[8], '%d+') do wanted[tonumber(k)] = true end

  local chosen = redis.call('ZRANGE', x, rank, math.min(stop, rank + limit) - 1)
  local seen = 0
  for _, id in ipairs(chosen) do
    if seen >= limit or full() then return { redis.call('ZSCORE', x, id), id, row } end
    local reply = openReply(base, id, headBytes)
    if reply and wanted[reply.k] then
      row = math.max(row, firstRow(base, reply))
      while row < reply.rows do
        if seen >= limit or full() then return { redis.call('ZSCORE', x, id), id, row } end
        visit(reply, row)
        seen = seen + 1
        row = row + 1
      end
    else
      seen = seen + 1
    end
    row = 0
  end
  if rank + #chosen >= stop then return false end
  local last = chosen[#chosen]
  return { redis.call('ZSCORE', x, last), last, PAST }
end
`;
