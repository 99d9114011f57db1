/**
 * The scripts of the queue, and the one place that knows how BullMQ lays out its keys (version 6.7; the contract tests guard it). Below
 * `<base>`, which is KEYS[1]:
 *   `<id>`              HASH    a job; field `deid` is its deduplication id (here: its line), `opts` its options as JSON
 *   `<id>:lock`         STRING  token of the worker that runs it, with expiry
 *   `wait`, `active`    LIST    ids; the oldest is the last of the list (`paused`, `prioritized`: further places to wait, used by hand only)
 *   `delayed`           ZSET    ids that wait for a time
 *   `completed`, `failed` ZSET  ids that have ended
 *   `stalled`           SET     active ids whose worker may have died
 *   `de:<line>`         STRING  id of the job of this line that has not ended
 *   `dn:<line>`         HASH    its follow-up: what becomes a job of id `jid`, with `name`, `data` and `opts`, in the step that ends that job
 * and a field of our own in a job's hash: `cancelled`, set when it was asked to end while it could be running.
 *
 * A job that waits to run again while a follow-up waits behind it counts as active: it has begun, and one of a line waits at most.
 */
const COMMON = `
local base = KEYS[1]
local call = redis.call

local function active(id)
  for _, other in ipairs(call('LRANGE', base .. 'active', 0, -1)) do
    if other == id then return true end
  end
  return false
end

local function model(id)
  local data = call('HGET', base .. id, 'data')
  return data and cjson.decode(data)['model']
end

-- Of the active jobs of a model, the one that became active first.
local function first(name)
  local all = call('LRANGE', base .. 'active', 0, -1)
  for i = #all, 1, -1 do
    if model(all[i]) == name then return all[i] end
  end
end

-- Gives the job to this token, whether it waits, or is active and has lost its worker; false when another token has it or it has ended.
local function take(id, token, milliseconds)
  local job = base .. id
  if call('EXISTS', job) == 0 or call('HEXISTS', job, 'finishedOn') == 1 then return false end
  local lock = call('GET', job .. ':lock')
  if lock and lock ~= token then return false end
  if not active(id) then
    local found = call('LREM', base .. 'wait', 0, id) + call('ZREM', base .. 'delayed', id) + call('LREM', base .. 'paused', 0, id) + call('ZREM', base .. 'prioritized', id)
    if found == 0 then return false end
    call('LPUSH', base .. 'active', id)
  end
  call('SET', job .. ':lock', token, 'PX', milliseconds)
  call('SREM', base .. 'stalled', id)
  return true
end
`;

/** ARGV: id, line. Replies with what `FoundJob` says, or nil. */
export const FIND = `${COMMON}
local id, follow = ARGV[1], base .. 'dn:' .. ARGV[2]
local job = call('HMGET', base .. id, 'data', 'progress', 'processedOn', 'finishedOn', 'returnvalue', 'failedReason')
if not job[1] then
  local follower = call('HMGET', follow, 'jid', 'data')
  if follower[1] ~= id then return false end
  return {'waiting', follower[2], false, false, false, false, false}
end
local place = 'waiting'
if job[4] then
  place = call('ZSCORE', base .. 'failed', id) and 'failed' or 'completed'
elseif call('EXISTS', follow) == 1 or active(id) then
  place = 'active'
end
return {place, job[1], job[2], job[3], job[4], job[5], job[6]}
`;

/**
 * ARGV: line, id and data of a new job, its time. Replies with the id of the job of this line that waits: one that waited before, or the
 * new one as the follow-up of the active one; nil where there is no job of this line.
 */
export const FOLLOW = `${COMMON}
local line, id = ARGV[1], ARGV[2]
local current = call('GET', base .. 'de:' .. line)
if not current or call('EXISTS', base .. current) == 0 then return false end
local waiting = call('HGET', base .. 'dn:' .. line, 'jid')
if waiting then return waiting end
if not active(current) then return current end
local name, encoded = unpack(call('HMGET', base .. current, 'name', 'opts'))
local opts = cjson.decode(encoded)
opts['jobId'] = id
opts['timestamp'] = tonumber(ARGV[4])
call('HSET', base .. 'dn:' .. line, 'name', name, 'data', ARGV[3], 'opts', cjson.encode(opts), 'jid', id)
return id
`;

/**
 * ARGV: id, token, milliseconds. Replies with `held` or `cancelled` (it was asked to end) when the token has the job now, else with `lost`.
 * A job that went back to wait is not taken again while another one of its model is active.
 */
export const HOLD = `${COMMON}
local id = ARGV[1]
if not active(id) and first(model(id)) then return 'lost' end
if not take(id, ARGV[2], ARGV[3]) then return 'lost' end
return call('HEXISTS', base .. id, 'cancelled') == 1 and 'cancelled' or 'held'
`;

/**
 * ARGV: id, line, token, milliseconds. Replies with `unknown`, `ended`, `running` (a worker has it; it is marked), or the token has it now
 * and must end it: `waiting` when no handler had begun it, else `orphan`. A follow-up becomes a job first, outside of its line.
 */
export const CANCEL = `${COMMON}
local id, follow, token, milliseconds = ARGV[1], base .. 'dn:' .. ARGV[2], ARGV[3], ARGV[4]
local job = base .. id
local next = call('HMGET', follow, 'jid', 'name', 'data', 'opts')
if next[1] == id then
  local timestamp = cjson.decode(next[4])['timestamp']
  call('HSET', job, 'name', next[2], 'data', next[3], 'opts', next[4], 'timestamp', string.format('%.0f', timestamp), 'delay', 0, 'priority', 0, 'cancelled', 1)
  call('DEL', follow)
  call('LPUSH', base .. 'active', id)
  call('SET', job .. ':lock', token, 'PX', milliseconds)
  return 'waiting'
end
if call('EXISTS', job) == 0 then return 'unknown' end
if call('HEXISTS', job, 'finishedOn') == 1 then return 'ended' end
call('HSET', job, 'cancelled', 1)
local begun = next[1] or active(id)
if not take(id, token, milliseconds) then return 'running' end
return begun and 'orphan' or 'waiting'
`;

/**
 * ARGV: id. For a job that a worker has just taken: `cancelled`, `behind` (another job of its model became active before it), or `run`,
 * from the start.
 */
export const BEGIN = `${COMMON}
local id = ARGV[1]
if call('HEXISTS', base .. id, 'cancelled') == 1 then return 'cancelled' end
if first(model(id)) ~= id then return 'behind' end
call('HDEL', base .. id, 'progress')
return 'run'
`;

/** Replies with the numbers of waiting and active jobs and the time of the oldest waiting one (nil without). */
export const DEPTH = `${COMMON}
local waiting, running, oldest = 0, 0, nil
local function wait(data)
  waiting = waiting + 1
  local at = data and cjson.decode(data)['createdAt']
  if at and (not oldest or at < oldest) then oldest = at end
end
local function look(ids, begun)
  for _, id in ipairs(ids) do
    local line, data = unpack(call('HMGET', base .. id, 'deid', 'data'))
    local follower = line and call('HGET', base .. 'dn:' .. line, 'data')
    if follower then wait(follower) end
    if follower or begun then running = running + 1 else wait(data) end
  end
end
look(call('LRANGE', base .. 'active', 0, -1), true)
look(call('LRANGE', base .. 'wait', 0, -1), false)
look(call('LRANGE', base .. 'paused', 0, -1), false)
look(call('ZRANGE', base .. 'delayed', 0, -1), false)
look(call('ZRANGE', base .. 'prioritized', 0, -1), false)
return {waiting, running, oldest and string.format('%.0f', oldest) or false}
`;

/**
 * ARGV: model, '' for any. Replies with the ids of jobs that have not ended, and of those that have: of the newest thousand that completed
 * and of the newest thousand that failed.
 */
export const LIST = `${COMMON}
local name = ARGV[1]
local open, ended = {}, {}

local function wanted(data)
  return data and (name == '' or cjson.decode(data)['model'] == name)
end
local function look(ids)
  for _, id in ipairs(ids) do
    local line, data = unpack(call('HMGET', base .. id, 'deid', 'data'))
    if wanted(data) then open[#open + 1] = id end
    local follower = line and call('HMGET', base .. 'dn:' .. line, 'jid', 'data') or {}
    if wanted(follower[2]) then open[#open + 1] = follower[1] end
  end
end
for _, list in ipairs({'active', 'wait', 'paused'}) do look(call('LRANGE', base .. list, 0, -1)) end
for _, set in ipairs({'delayed', 'prioritized'}) do look(call('ZRANGE', base .. set, 0, -1)) end
for _, set in ipairs({'completed', 'failed'}) do
  for _, id in ipairs(call('ZREVRANGE', base .. set, 0, 999)) do
    if wanted(call('HGET', base .. id, 'data')) then ended[#ended + 1] = id end
  end
end
return {open, ended}
`;
