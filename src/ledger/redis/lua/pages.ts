import { HEADER_BYTES, ROW_BYTES } from '../layout.js';
import { LUA_EMIT } from './emit.js';
import { LUA_PLACE } from './place.js';
import { LUA_REPLY } from './reply-parts.js';
import { LUA_WALK } from './walk.js';

/** First bytes fetched of a reply: all that is needed of one with a single row, in most cases. */
const HEAD_BYTES = { withVectors: 4_096, withLabels: 256, row: HEADER_BYTES + ROW_BYTES } as const;

/**
 * A page of a scan. KEYS: `x:<m>`. ARGV: those of LUA_WALK | bytes of texts and vectors after which the page ends | '1' labelled, '0' not,
 * '' both | '1' with vectors | '1' with raw inputs. The reply is that of LUA_EMIT.
 */
export const SCAN_PAGE = `${LUA_PLACE}${LUA_REPLY}${LUA_EMIT}${LUA_WALK}
local mostBytes, labelled, withVectors, withInputs = tonumber(ARGV[9]), ARGV[10], ARGV[11] == '1', ARGV[12] == '1'

local function inputOf(reply, row)
  if reply.hasInputs == nil then reply.hasInputs = redis.call('EXISTS', base .. 'i:' .. reply.id) == 1 end
  return reply.hasInputs and redis.call('HGET', base .. 'i:' .. reply.id, row)
end

local function visit(reply, row)
  local state = redis.call('HGET', base .. 't:' .. reply.id, row)
  if labelled ~= '' and labelled ~= (state and '1' or '0') then return end
  emit(reply, row, state, withInputs and inputOf(reply, row), withVectors)
end

return emitted(walk(withVectors and ${HEAD_BYTES.withVectors} or ${HEAD_BYTES.withLabels}, function() return bytes >= mostBytes end, visit))
`;

/**
 * A page of the counts. KEYS: `x:<m>`. ARGV: those of LUA_WALK. Gives the failure probability of each row (f64), the first bytes of the
 * state of each labelled row, for each row a byte that is 1 where it is labelled, and where to go on. Vectors are not touched.
 */
export const COUNT_PAGE = `${LUA_PLACE}${LUA_REPLY}${LUA_WALK}
local probabilities, states, labelled = {}, {}, {}

local function visit(reply, row)
  probabilities[#probabilities + 1] = string.sub(rowEntry(reply, row), 33, 40)
  local state = redis.call('HGET', base .. 't:' .. reply.id, row)
  if state then states[#states + 1] = string.sub(state, 1, 24) end
  labelled[#labelled + 1] = state and '\\1' or '\\0'
end

local next = walk(${HEAD_BYTES.row}, function() return false end, visit)
return { table.concat(probabilities), table.concat(states), table.concat(labelled), next }
`;

/**
 * Rows of one reply. KEYS: `p:<id>`. ARGV: base of keys, id, first row, most rows, most bytes of texts. The reply is that of LUA_EMIT;
 * where to go on is a row.
 */
export const REPLY_PAGE = `${LUA_REPLY}${LUA_EMIT}
local base, id, row = ARGV[1], ARGV[2], tonumber(ARGV[3])
local reply = openReply(base, id, ${HEAD_BYTES.withLabels})
if not reply then return emitted(false) end
row = math.max(row, firstRow(base, reply))
while row < reply.rows do
  if count >= tonumber(ARGV[4]) or bytes >= tonumber(ARGV[5]) then return emitted(row) end
  emit(reply, row, redis.call('HGET', base .. 't:' .. id, row), redis.call('HGET', base .. 'i:' .. id, row), false)
  row = row + 1
end
return emitted(false)
`;

/**
 * A page of the labelled rows of a key, from the newest back. KEYS: `l:<k>`. ARGV: base of keys | createdAt from | createdAt before | number
 * of the feature schema | meta-model version | rows looked at | createdAt and member before which to go on; each '' for none. Gives the
 * members that are selected, oldest first, each behind its length (u16); how many they are; and createdAt and member to go on from, or false.
 */
export const LABELLED_SELECT = `${LUA_PLACE}${LUA_REPLY}
local l, base, from, to, f, metaVersion = KEYS[1], ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local low = from ~= '' and redis.call('ZCOUNT', l, '-inf', '(' .. from) or 0
local high
if ARGV[8] ~= '' then
  high = placeOf(l, ARGV[7], ARGV[8])
else
  high = to ~= '' and redis.call('ZCOUNT', l, '-inf', '(' .. to) or redis.call('ZCARD', l)
end
local first = math.max(low, high - tonumber(ARGV[6]))
if first >= high then return { '', 0, false } end

local id, reply
local function selected(member)
  if not f and not metaVersion then return true end
  local of = string.sub(member, 1, -6)
  if of ~= id then id, reply = of, openReply(base, of, ${HEAD_BYTES.row}) end
  if not reply or (f and reply.f ~= f) then return false end
  return not metaVersion or struct.unpack('<i4', rowEntry(reply, struct.unpack('>I4', member, #member - 3)), 45) == metaVersion
end

local members = redis.call('ZRANGE', l, first, high - 1)
local packed, count = {}, 0
for _, member in ipairs(members) do
  if selected(member) then
    count = count + 1
    packed[2 * count - 1] = struct.pack('<I2', #member)
    packed[2 * count] = member
  end
end
return { table.concat(packed), count, first > low and { redis.call('ZSCORE', l, members[1]), members[1] } }
`;

/** Rows of the members that LABELLED_SELECT gave, those that are still there. KEYS: `l:<k>`. ARGV: base of keys, the members, '1' with vectors. */
export const LABELLED_READ = `${LUA_REPLY}${LUA_EMIT}
local base, packed, withVectors = ARGV[1], ARGV[2], ARGV[3] == '1'
local headBytes = withVectors and ${HEAD_BYTES.withVectors} or ${HEAD_BYTES.withLabels}
local at, id, reply = 1, nil, nil
while at <= #packed do
  local length = struct.unpack('<I2', packed, at)
  local of = string.sub(packed, at + 2, at + length - 4)
  local row = struct.unpack('>I4', packed, at + length - 2)
  if of ~= id then id, reply = of, openReply(base, of, headBytes) end
  local state = reply and redis.call('HGET', base .. 't:' .. of, row)
  if state then emit(reply, row, state, false, withVectors) end
  at = at + 2 + length
end
return emitted(false)
`;
