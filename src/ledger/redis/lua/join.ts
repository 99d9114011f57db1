/** Joins ground truths with rows that are in the ledger (laws 3 to 8, 11). Needs LUA_BASE, LUA_OUTCOME and LUA_REPLIES before it. */
export const LUA_JOIN = String.raw`
-- Indexes in RESULTS (src/ledger/redis/results.ts).
local MATCHED, DUPLICATE, CONFLICT, PENDING, ROW_REQUIRED, ROW_OUT_OF_RANGE, WRONG_KIND, AMBIGUOUS_ID = 0, 1, 2, 3, 4, 5, 6, 7

-- What this run changes, by the number of the model key, and the numbers in order of their first change.
local changes, changed = {}, {}

local function changeOf(k)
  local change = changes[k]
  if not change then
    change = {labelled = 0, gained = 0, lost = 0, expected = 0}
    changes[k] = change
    changed[#changed + 1] = k
  end
  return change
end

-- Advances the label sequences and returns the changes as text: u32 labelled, gained, lost; f64 expected, sequence; u32 length; model key.
local function settle()
  local parts = {}
  for i, k in ipairs(changed) do
    local change = changes[k]
    local sequence = call('HINCRBY', base .. 'sequence', k, change.labelled)
    local name = string.match(call('HGET', base .. 'numbers', 'K:' .. k), '^%d+:(.*)$')
    parts[i] = pack('<I4I4I4ddI4', change.labelled, change.gained, change.lost, change.expected, sequence, #name) .. name
  end
  return table.concat(parts)
end

-- The prediction id and row that are meant (row nil for none given), or nil and why there is none.
local function meant(id, row)
  if string.sub(id, 7, 8) ~= '_~' then return id, row end
  local key = base .. 'c:' .. id
  local uses = call('SCARD', key)
  if uses == 0 then return nil, PENDING end
  if uses > 1 then return nil, AMBIGUOUS_ID end
  local use = call('SMEMBERS', key)[1]
  local zero = string.find(use, '\0', 1, true)
  local prediction, part = string.sub(use, 1, zero - 1), string.sub(use, zero + 1)
  if part == 'w' then return prediction, row end
  if row ~= nil and row ~= 0 then return nil, ROW_OUT_OF_RANGE end
  return prediction, tonumber(part)
end

-- Whether a row had this truth before; each of its records may be looked at.
local function seenBefore(key, row, state, truth)
  if sameTruth(state, truth) then return true end
  if state.distinct == 1 then return false end
  for n = 1, state.records do
    local kind, value = unpackStruct('<BxxxI4c0', call('HGET', key, row .. ':' .. n), 21)
    if kind == truth.kind and value == truth.value then return true end
  end
  return false
end

local function stateOf(key, row)
  local bytes = call('HGET', key, row)
  if not bytes then return nil end
  local observedAt, n, records, distinct, kind, failure = unpackStruct('<dI4I4I4BB', bytes)
  return {observedAt = observedAt, n = n, records = records, distinct = distinct, kind = kind, failure = failure, value = string.sub(bytes, 25)}
end

-- Writes a valid truth to its row: history, state, index of labelled rows, changes.
local function apply(id, row, reply, item, truth)
  local key = base .. 't:' .. id
  local state = stateOf(key, row)
  local records = state and state.records + 1 or 1
  local distinct = not state and 1 or seenBefore(key, row, state, truth) and state.distinct or state.distinct + 1
  local winner, n, failure = state, state and state.n, state and state.failure
  if not state or outranks(truth, state) then
    local predicted = predictedOf(reply, row)
    winner, n, failure = truth, records, isFailure(predicted, truth) and 1 or 0
    if not state then
      local change = changeOf(reply.k)
      change.labelled = change.labelled + 1
      change.gained = change.gained + failure
      -- NaN: the reply had no score.
      if predicted.failureProbability == predicted.failureProbability then change.expected = change.expected + predicted.failureProbability end
      call('ZADD', base .. 'l:' .. reply.k, reply.createdAt, id .. '\0' .. pack('>I4', row))
    elseif failure > state.failure then
      changeOf(reply.k).gained = changeOf(reply.k).gained + 1
    elseif failure < state.failure then
      changeOf(reply.k).lost = changeOf(reply.k).lost + 1
    end
  end
  local bytes = pack('<dI4I4I4BBxx', winner.observedAt, n, records, distinct, winner.kind, failure) .. winner.value
  call('HSET', key, row, bytes, row .. ':' .. records, item)
  if not state then return MATCHED end
  return sameTruth(state, truth) and DUPLICATE or CONFLICT
end

-- The result of one ground truth; PENDING means that the ledger has no row of its prediction, and nothing was written.
local function join(given, item)
  local observedAt, row, kind, value = unpackStruct('<dxxxxxxxxi4BxxxI4c0', item)
  if row < 0 then row = nil end
  local id, named = meant(given, row)
  if not id then return named end
  row = named
  local reply = replyOf(id)
  if not reply then return PENDING end
  if row == nil then
    if reply.rows ~= 1 then return ROW_REQUIRED end
    row = 0
  end
  if row >= reply.rows or row < cutOf(reply, id) then return ROW_OUT_OF_RANGE end
  if not kindFits(reply.task, kind) then return WRONG_KIND end
  return apply(id, row, reply, item, {observedAt = observedAt, kind = kind, value = value})
end
`;
