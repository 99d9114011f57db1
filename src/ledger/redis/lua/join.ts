/** Joins ground truths with rows that are in the ledger (laws 3 to 8, 11). Needs LUA_BASE, LUA_OUTCOME and LUA_REPLIES before it. */
export const LUA_JOIN = String.raw`
-- Indexes in RESULTS (src/ledger/redis/results.ts).
local MATCHED, DUPLICATE, CONFLICT, PENDING, ROW_REQUIRED, ROW_OUT_OF_RANGE, WRONG_KIND, AMBIGUOUS_ID = 0, 1, 2, 3, 4, 5, 6, 7

-- What this run changes, by the number of the model key, and the numbers in order of their first change.
local changes, changed = {}, {}

local function changeOf(k)
  local change = changes[k]
  if not change then
    change = {all = {0, 0, 0}, scored = {0, 0, 0}, accepted = {0, 0, 0}, expected = 0, variance = 0, delays = {}}
    changes[k] = change
    changed[#changed + 1] = k
  end
  return change
end

-- Places in the counts of a change.
local LABELLED, GAINED, LOST = 1, 2, 3

-- Adds one to a count of the row's model key, and to that of the scored and of the accepted rows where the row is one.
local function count(k, predicted, place)
  local change = changeOf(k)
  change.all[place] = change.all[place] + 1
  -- NaN: the reply had no score.
  if predicted.failureProbability == predicted.failureProbability then change.scored[place] = change.scored[place] + 1 end
  if predicted.accepted then change.accepted[place] = change.accepted[place] + 1 end
end

local function countFirst(reply, predicted, failure, receivedAt)
  local change, p = changeOf(reply.k), predicted.failureProbability
  count(reply.k, predicted, LABELLED)
  if failure == 1 then count(reply.k, predicted, GAINED) end
  if p == p then change.expected, change.variance = change.expected + p, change.variance + p * (1 - p) end
  change.delays[#change.delays + 1] = pack('<d', math.max(0, receivedAt - reply.createdAt))
end

-- The model key of a number.
local function keyNamed(k)
  return string.match(call('HGET', base .. 'numbers', 'K:' .. k), '^%d+:(.*)$')
end

-- Advances the label sequences and returns the changes as text: u32 labelled, gained, lost of all rows, of the scored and of the accepted;
-- f64 expected, variance, sequence; u32 length of the model key; the model key; f64 delay of each newly labelled row.
local function settle()
  local parts = {}
  for i, k in ipairs(changed) do
    local change = changes[k]
    local all, scored, accepted = change.all, change.scored, change.accepted
    local sequence = call('HINCRBY', base .. 'sequence', k, all[LABELLED])
    local name = keyNamed(k)
    parts[i] = pack('<I4I4I4I4I4I4I4I4I4dddI4', all[1], all[2], all[3], scored[1], scored[2], scored[3], accepted[1], accepted[2], accepted[3],
      change.expected, change.variance, sequence, #name) .. name .. table.concat(change.delays)
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
  local observedAt, n, records, distinct, kind, failure, choice = unpackStruct('<dI4I4I4BBI2', bytes)
  return {observedAt = observedAt, n = n, records = records, distinct = distinct, kind = kind, failure = failure, choice = choice, value = string.sub(bytes, 25)}
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
      countFirst(reply, predicted, failure, (unpackStruct('<d', item, 9)))
      call('ZADD', base .. 'l:' .. reply.k, reply.createdAt, id .. '\0' .. pack('>I4', row))
    elseif failure > state.failure then
      count(reply.k, predicted, GAINED)
    elseif failure < state.failure then
      count(reply.k, predicted, LOST)
    end
  end
  local bytes = pack('<dI4I4I4BBI2', winner.observedAt, n, records, distinct, winner.kind, failure, winner.choice) .. winner.value
  call('HSET', key, row, bytes, row .. ':' .. records, item)
  if not state then return MATCHED end
  return sameTruth(state, truth) and DUPLICATE or CONFLICT
end

-- The result of one ground truth, and the number of the model key of the row that it joined; PENDING means that the ledger has no row of its
-- prediction, and nothing was written.
local function join(given, item)
  local observedAt, row, kind, choice, value = unpackStruct('<dxxxxxxxxi4BxI2I4c0', item)
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
  return apply(id, row, reply, item, {observedAt = observedAt, kind = kind, value = value, choice = choice}), reply.k
end
`;
