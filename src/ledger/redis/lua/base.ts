/**
 * The beginning of every script of the ledger: `KEYS[1]` is where the keys of a model begin, and all other keys are built from it, so
 * that a script stays in one slot of a cluster.
 */
export const LUA_BASE = String.raw`
local base = KEYS[1]
local call, pack, unpackStruct = redis.call, struct.pack, struct.unpack

-- A call that is sent twice takes effect once: its reply is kept for a while under its nonce.
local function remembered(nonce)
  return call('GET', base .. 'once:' .. nonce)
end

local function remember(nonce, seconds, reply)
  call('SET', base .. 'once:' .. nonce, reply, 'EX', seconds)
  return reply
end
`;
