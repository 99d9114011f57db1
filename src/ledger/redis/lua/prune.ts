import { HEADER_BYTES } from '../layout.js';
import { LUA_PLACE } from './place.js';
import { LUA_REPLY } from './reply-parts.js';

/** Fetched of each reply that goes: as a rule all but its vectors. */
const HEAD_BYTES = 256;
/** Fields or members named in one command. */
const AT_ONCE = 1_000;

/**
 * A step from the newest reply back to find which rows a limit on their number gives up. KEYS: `x:<m>`. ARGV: base of keys | rows that may
 * still be kept | replies looked at | createdAt and id before which to go on, '' at the newest. Gives 0 and { rows left, createdAt, id } to go on,
 * 1 and { createdAt, id, row } where all before goes, or 2 when nothing goes.
 */
export const PRUNE_BOUND = `${LUA_PLACE}${LUA_REPLY}
local x, base, left = KEYS[1], ARGV[1], tonumber(ARGV[2])
local high = ARGV[5] ~= '' and placeOf(x, ARGV[4], ARGV[5]) or redis.call('ZCARD', x)
local first = math.max(0, high - tonumber(ARGV[3]))
if first >= high then return { 2 } end
local ids = redis.call('ZRANGE', x, first, high - 1)
for i = #ids, 1, -1 do
  local reply = openReply(base, ids[i], ${HEADER_BYTES})
  local rows = reply and reply.rows - firstRow(base, reply) or 0
  if rows > left then return { 1, { redis.call('ZSCORE', x, ids[i]), ids[i], reply.rows - left } } end
  left = left - rows
end
if first == 0 then return { 2 } end
return { 0, { left, redis.call('ZSCORE', x, ids[1]), ids[1] } }
`;

/**
 * Deletes some of the oldest rows of a model with all that belongs to them. KEYS: `x:<m>`, `xi:<m>`. ARGV: base of keys | most rows | rows
 * created before go | createdAt, id and row: those before go too ('' for none). Gives how many went and 1 where more may have to go. Which rows
 * go follows from their places alone, so that two processes that prune at once take none too many.
 */
export const PRUNE_ROWS = `${LUA_PLACE}${LUA_REPLY}
local x, xi, base, budget, rowsBefore = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local bound = ARGV[5] ~= '' and { createdAt = tonumber(ARGV[4]), id = ARGV[5], row = tonumber(ARGV[6]) }

local function inPieces(command, key, of)
  for i = 1, #of, ${AT_ONCE} do redis.call(command, key, unpack(of, i, math.min(#of, i + ${AT_ONCE - 1}))) end
end

-- How many rows at the front of a reply go; its rows all, or none, where the bound is not in it.
local function goneOf(createdAt, id, rows)
  if createdAt < rowsBefore then return rows end
  if not bound or createdAt > bound.createdAt then return 0 end
  if createdAt < bound.createdAt or before(id, bound.id) then return rows end
  return id == bound.id and math.min(rows, bound.row) or 0
end

-- What callers called the rows [first, last), and the whole reply where it goes.
local function forgetCallers(reply, first, last)
  local text = part(reply, 'callers', reply.callers, reply.vectors - reply.callers)
  local at = 5
  for _ = 1, struct.unpack('<I4', text) do
    local row, length = struct.unpack('<i4I4', text, at)
    local key = base .. 'c:' .. string.sub(text, at + 8, at + 7 + length)
    if row >= first and row < last then
      redis.call('SREM', key, reply.id .. '\\0' .. string.format('%d', row))
    elseif row == -1 and last == reply.rows then
      redis.call('SREM', key, reply.id .. '\\0w')
    end
    at = at + 8 + length
  end
end

local function forgetLabelled(reply, first, last)
  local members = {}
  for row = first, last - 1 do members[#members + 1] = reply.id .. '\\0' .. struct.pack('>I4', row) end
  inPieces('ZREM', base .. 'l:' .. reply.k, members)
end

local function drop(id)
  redis.call('UNLINK', base .. 'p:' .. id, base .. 't:' .. id, base .. 'i:' .. id)
  redis.call('ZREM', x, id)
  redis.call('ZREM', xi, id)
  redis.call('HDEL', base .. 'cut', id)
end

local function cut(reply, first, last)
  local t, truths, rows = base .. 't:' .. reply.id, {}, {}
  for row = first, last - 1 do
    rows[#rows + 1] = row
    local state = redis.call('HGET', t, row)
    if state then
      truths[#truths + 1] = row
      for n = 1, struct.unpack('<I4', state, 13) do truths[#truths + 1] = string.format('%d:%d', row, n) end
    end
  end
  inPieces('HDEL', t, truths)
  inPieces('HDEL', base .. 'i:' .. reply.id, rows)
  redis.call('HSET', base .. 'cut', reply.id, last)
end

local removed = 0
local oldest = redis.call('ZRANGE', x, 0, budget - 1, 'WITHSCORES')
for i = 1, #oldest, 2 do
  if removed >= budget then return { removed, 1 } end
  local id = oldest[i]
  local reply = openReply(base, id, ${HEAD_BYTES})
  local rows = reply and reply.rows or 1
  local gone = goneOf(tonumber(oldest[i + 1]), id, rows)
  if not reply then
    if gone == 0 then return { removed, 0 } end
    drop(id)
  else
    local first = firstRow(base, reply)
    local last = math.min(gone, first + budget - removed)
    if last <= first then return { removed, 0 } end
    forgetCallers(reply, first, last)
    forgetLabelled(reply, first, last)
    if last == rows then drop(id) else cut(reply, first, last) end
    removed = removed + last - first
  end
end
return { removed, (removed >= budget or #oldest == 2 * budget) and 1 or 0 }
`;

/** Deletes raw inputs of replies created before. KEYS: `xi:<m>`. ARGV: base of keys, createdAt, most of them. Gives how many went and 1 where there may be more. */
export const PRUNE_INPUTS = `
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])
local removed = 0
for i, id in ipairs(ids) do
  local key = ARGV[1] .. 'i:' .. id
  removed = removed + redis.call('HLEN', key)
  redis.call('UNLINK', key)
  redis.call('ZREM', KEYS[1], id)
  if removed >= tonumber(ARGV[3]) then return { removed, 1 } end
end
return { removed, #ids == tonumber(ARGV[3]) and 1 or 0 }
`;
