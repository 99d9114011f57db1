import { HEADER_BYTES, NO_LABEL, ROW_BYTES } from '../layout.js';

/** Reading of replies (`p:<id>`), as far as a join needs them: never the vectors. */
export const LUA_REPLIES = String.raw`
local HEADER, ROW, NO_LABEL = ${HEADER_BYTES}, ${ROW_BYTES}, ${NO_LABEL}
-- Covers the header and the first rows with their labels, so that a small reply is read at once.
local HEAD = 512

local known = {}

-- {key, head, task, rows, k, createdAt, cut}, or false where there is no such reply.
local function replyOf(id)
  local reply = known[id]
  if reply ~= nil then return reply end
  local key = base .. 'p:' .. id
  local head = call('GETRANGE', key, 0, HEAD - 1)
  reply = false
  if #head > 0 then
    local task, rows, k = unpackStruct('<xBxxI4I4', head)
    reply = {key = key, head = head, task = task, rows = rows, k = k, createdAt = (unpackStruct('<d', head, 33))}
  end
  known[id] = reply
  return reply
end

-- Bytes of a reply from an offset on (the first is 0).
local function bytesOf(reply, offset, length)
  if offset + length <= #reply.head then return string.sub(reply.head, offset + 1, offset + length) end
  if length == 0 then return '' end
  return call('GETRANGE', reply.key, offset, offset + length - 1)
end

-- {value, tolerance, failureProbability, accepted, label}
local function predictedOf(reply, row)
  local bytes = bytesOf(reply, HEADER + ROW * row, ROW)
  local value, tolerance = unpackStruct('<dd', bytes)
  local offset, length = unpackStruct('<I4I4', bytes, 57)
  return {
    value = value, tolerance = tolerance, failureProbability = (unpackStruct('<d', bytes, 33)), accepted = string.byte(bytes, 49) == 0,
    label = length ~= NO_LABEL and bytesOf(reply, offset, length) or nil,
  }
end

local anyCut

-- How many rows at the front of a reply were pruned.
local function cutOf(reply, id)
  if anyCut == nil then anyCut = call('EXISTS', base .. 'cut') == 1 end
  if not anyCut then return 0 end
  if reply.cut == nil then reply.cut = tonumber(call('HGET', base .. 'cut', id) or 0) end
  return reply.cut
end
`;
