import { NO_LABEL, HEADER_BYTES, ROW_BYTES } from '../layout.js';

/** Offset in a row's entry of the offset and length of its label, counted from 1 as Lua does. */
const LABEL_AT = ROW_BYTES - 7;

/**
 * Lua: gathers rows as columns for `decodeRows`: bytes of equal length are joined to one string each, so that the reader copies a
 * column at once. Needs LUA_REPLY. `emit` adds one row (`bytes` counts its texts and its vector); `emitted(next)` is the reply of the script.
 */
export const LUA_EMIT = `
local ids, headers, places, entries, labels, states, vectors, inputs = {}, {}, {}, {}, {}, {}, {}, {}
local count, bytes = 0, 0

local function emit(reply, row, state, input, withVector)
  if not reply.index then
    reply.index = #ids
    ids[#ids + 1] = reply.id
    headers[#headers + 1] = string.sub(reply.head, 1, ${HEADER_BYTES})
  end
  local entry = rowEntry(reply, row)
  local labelAt, labelLength = struct.unpack('<I4I4', entry, ${LABEL_AT})
  count = count + 1
  places[count] = struct.pack('<I4I4', reply.index, row)
  entries[count] = entry
  labels[count] = labelLength ~= ${NO_LABEL} and part(reply, 'labels', labelAt, labelLength)
  states[count] = state
  inputs[count] = input
  if withVector and reply.width > 0 then
    local vector = part(reply, 'vectors', reply.vectors + 4 * reply.width * row, 4 * reply.width)
    vectors[#vectors + 1] = vector
    bytes = bytes + #vector
  end
  bytes = bytes + #(labels[count] or '') + #(state or '') + #(input or '')
end

local function emitted(next)
  return { ids, table.concat(headers), table.concat(places), table.concat(entries), labels, states, table.concat(vectors), inputs, next }
end
`;
