import { FORMAT, HEADER_BYTES, ROW_BYTES } from '../layout.js';

/** Bytes that one reading fetches at least beyond the head: the next rows lie there. */
const AHEAD_BYTES = 4_096;

/**
 * Lua: reading a reply (`p:<id>`) in parts. `openReply` fetches its first bytes (nil where it has gone), `part` gives any of its bytes:
 * from those, else from a window that goes along with each of the streams (`rows`, `labels`, `vectors`, `callers`), so that neighbouring rows
 * of a large reply cost one command together and nothing is fetched of rows that are not asked for.
 */
export const LUA_REPLY = `
local function openReply(base, id, headBytes)
  local key = base .. 'p:' .. id
  local head = redis.call('GETRANGE', key, 0, headBytes - 1)
  if #head < ${HEADER_BYTES} then return nil end
  if string.byte(head) ~= ${FORMAT} then error('the reply ' .. id .. ' has a format that this release does not know') end
  local rows, k, f, width, callers, vectors = struct.unpack('<I4I4I4I4I4I4', head, 5)
  return { id = id, key = key, head = head, rows = rows, k = k, f = f, width = width, callers = callers, vectors = vectors, windows = {} }
end

local function part(reply, stream, offset, length)
  if length == 0 then return '' end
  local text, start = reply.head, 0
  if offset + length > #text then
    local window = reply.windows[stream]
    if not window or offset < window.start or offset + length > window.start + #window.text then
      local last = offset + math.max(length, ${AHEAD_BYTES}) - 1
      window = { start = offset, text = redis.call('GETRANGE', reply.key, offset, last) }
      reply.windows[stream] = window
    end
    text, start = window.text, window.start
  end
  return string.sub(text, offset - start + 1, offset - start + length)
end

local function rowEntry(reply, row)
  return part(reply, 'rows', ${HEADER_BYTES} + ${ROW_BYTES} * row, ${ROW_BYTES})
end

local function firstRow(base, reply)
  if reply.rows == 1 then return 0 end
  return tonumber(redis.call('HGET', base .. 'cut', reply.id) or 0)
end
`;
