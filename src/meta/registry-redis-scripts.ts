/**
 * How the meta-models of a model lie in Redis, all of it under the model's key base:
 *   `meta:<model>`            HASH   `n` -> the last version given; `k:<version>` -> its key (below); `r:<version>` -> what never changes
 *                                    of its record, JSON; `p:<version>` -> when it last became champion; `c:<key>` -> the champion's
 *                                    version, a blank and the nonce of the `promote` call that made it one
 *   `onnx:<version>:<model>`  STRING the ONNX bytes
 * A key stands there as `<version of the base model>:<digest>`. Times are decimal texts, written and read by the service only, so that
 * no number is rounded on its way. The state is not stored: the champion is the one that `c` names, and who has a time of promotion and
 * is not the champion is retired.
 */

/** KEYS: hash, bytes. ARGV: version, key, record, bytes. The version is a new one, so doing it twice does no harm. */
export const STORE = `
redis.call('SET', KEYS[2], ARGV[4])
redis.call('HSET', KEYS[1], 'k:' .. ARGV[1], ARGV[2], 'r:' .. ARGV[1], ARGV[3])
return 1`;

const RECORD = `
local function record(version)
  local key = redis.call('HGET', KEYS[1], 'k:' .. version)
  if not key then return false end
  local champion = (redis.call('HGET', KEYS[1], 'c:' .. key) or ''):match('^%d+')
  local state = champion == version and 'champion' or 'not'
  return {version, state, redis.call('HGET', KEYS[1], 'r:' .. version), redis.call('HGET', KEYS[1], 'p:' .. version)}
end`;

/** KEYS: hash. ARGV: version. Answers nothing or version, state, record, time of promotion. */
export const GET = `${RECORD}
return record(ARGV[1])`;

/** KEYS: hash. ARGV: key. Answers as GET does. */
export const CHAMPION = `${RECORD}
local champion = redis.call('HGET', KEYS[1], 'c:' .. ARGV[1])
return champion and record(champion:match('^%d+'))`;

/** KEYS: hash. Answers a list of what GET answers. */
export const LIST = `${RECORD}
local records = {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  local version = field:match('^k:(%d+)$')
  if version then records[#records + 1] = record(version) end
end
return records`;

/**
 * KEYS: hash. ARGV: key, version, expected champion or nothing, time, nonce, channel, message. Answers 1, 0 (another champion) or -1
 * (the key has no such version). In a cluster a call may be sent again after it took effect: the nonce tells, and it is announced once.
 */
export const PROMOTE = `
local version, nonce = (redis.call('HGET', KEYS[1], 'c:' .. ARGV[1]) or ''):match('^(%d+) (.*)$')
if nonce == ARGV[5] then return 1 end
if (version or '') ~= ARGV[3] then return 0 end
if redis.call('HGET', KEYS[1], 'k:' .. ARGV[2]) ~= ARGV[1] then return -1 end
redis.call('HSET', KEYS[1], 'c:' .. ARGV[1], ARGV[2] .. ' ' .. ARGV[5], 'p:' .. ARGV[2], ARGV[4])
redis.call('PUBLISH', ARGV[6], ARGV[7])
return 1`;

const OF_KEY = `
local function versionsOf(key)
  local versions = {}
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    local version = field:match('^k:(%d+)$')
    if version and redis.call('HGET', KEYS[1], field) == key then versions[#versions + 1] = version end
  end
  return versions
end

local function remove(version, before, after)
  redis.call('HDEL', KEYS[1], 'k:' .. version, 'r:' .. version, 'p:' .. version)
  redis.call('UNLINK', before .. version .. after)
end`;

/**
 * KEYS: hash. ARGV: key, how many to keep, what stands before and after the version in the keys of the bytes. Answers how many were
 * deleted. Which keys of bytes these are is only known here; they have the hash tag of the first key, so they lie in its slot.
 */
export const PRUNE = `${OF_KEY}
local champion = (redis.call('HGET', KEYS[1], 'c:' .. ARGV[1]) or ''):match('^%d+')
local versions = versionsOf(ARGV[1])
table.sort(versions, function(a, b) return tonumber(a) > tonumber(b) end)
local removed = 0
for i = tonumber(ARGV[2]) + 1, #versions do
  local version = versions[i]
  if version ~= champion then
    remove(version, ARGV[3], ARGV[4])
    removed = removed + 1
  end
end
return removed`;

/** KEYS: hash. ARGV: key, what stands before and after the version in the keys of the bytes. Answers how many were deleted. */
export const FORGET = `${OF_KEY}
local versions = versionsOf(ARGV[1])
for _, version in ipairs(versions) do remove(version, ARGV[2], ARGV[3]) end
redis.call('HDEL', KEYS[1], 'c:' .. ARGV[1])
return #versions`;
