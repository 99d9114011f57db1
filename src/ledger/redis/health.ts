import { Cluster } from 'ioredis';
import { MetaErrError, messageOf } from '../../core/errors.js';
import type { RedisConnection } from './connection.js';
import { isPassing } from './errors.js';
import type { ScriptRunner } from './scripts.js';

/** How far Redis keeps what it has acknowledged. */
export interface RedisDurability {
  /** When it makes writes durable; `off` without an append-only file, `unknown` where the user may not ask. The weakest of a cluster. */
  readonly appendfsync: 'always' | 'everysec' | 'no' | 'off' | 'unknown';
  /** Whether it gives up keys when its memory is full; null where the user may not ask. */
  readonly evicts: boolean | null;
}

/** From weak to strong. */
const LEVELS: readonly RedisDurability['appendfsync'][] = ['unknown', 'off', 'no', 'everysec', 'always'];

/** Asks each master. Rejects where Redis cannot be reached. */
export async function readDurability(connection: RedisConnection): Promise<RedisDurability> {
  const nodes = connection instanceof Cluster ? connection.nodes('master') : [connection];
  const found = await Promise.all(nodes.map(async (node) => {
    const [appendonly, appendfsync, policy] = await Promise.all(['appendonly', 'appendfsync', 'maxmemory-policy'].map(async (name) => setting(node, name)));
    return {
      appendfsync: LEVELS.find((level) => level === (appendonly === 'no' ? 'off' : appendfsync)) ?? 'unknown',
      evicts: policy == null ? null : policy !== 'noeviction',
    };
  }));
  return {
    appendfsync: LEVELS.find((level) => found.some((node) => node.appendfsync === level)) ?? 'unknown',
    evicts: found.some(({ evicts }) => evicts === true) ? true : found.length === 0 || found.some(({ evicts }) => evicts === null) ? null : false,
  };
}

/** A value of the server's configuration; null where it does not tell. */
async function setting(node: RedisConnection, name: string): Promise<string | null> {
  try {
    const reply = await node.call('CONFIG', 'GET', name);
    return Array.isArray(reply) && typeof reply[1] === 'string' ? reply[1] : null;
  } catch (error) {
    if (isPassing(error)) throw error;
    return null;
  }
}

/** Each command that the ledger, the registry and the marks need, in Redis 6.2's forms. */
const PROBE = String.raw`
local key = KEYS[1]
local function try(...) return redis.call(...) end
try('SET', key .. 's', 'x', 'NX', 'EX', 60)
try('GETRANGE', key .. 's', 0, 0)
try('STRLEN', key .. 's')
try('HSET', key .. 'h', 'f', 1)
try('HINCRBY', key .. 'h', 'f', 1)
try('HMGET', key .. 'h', 'f')
try('HGETALL', key .. 'h')
try('HDEL', key .. 'h', 'f')
try('ZADD', key .. 'z', 'LT', 1, 'm')
try('ZRANGEBYSCORE', key .. 'z', '-inf', '+inf')
try('ZRANGE', key .. 'z', '[a', '[z', 'BYLEX')
try('ZREM', key .. 'z', 'm')
try('RPUSH', key .. 'l', 'x')
try('LRANGE', key .. 'l', 0, -1)
try('SADD', key .. 'm', 'x')
try('SMEMBERS', key .. 'm')
try('SREM', key .. 'm', 'x')
try('DEL', key .. 's', key .. 'l')
try('EXISTS', key .. 's')
return 1
`;

/**
 * Tries what the adapters need, under each of the beginnings of keys and channels. @throws MetaErrError REDIS_UNUSABLE that says what is missing; an
 * error of its own where Redis cannot be reached.
 */
export async function probe(connection: RedisConnection, scripts: ScriptRunner, bases: readonly string[]): Promise<void> {
  try {
    for (const base of bases) {
      await scripts.script(PROBE)([base], []);
      await connection.call('PUBLISH', base, '');
    }
    // BullMQ asks for the version first of all; without an answer it waits for ever, and tells nobody.
    await connection.call('INFO', 'server');
  } catch (error) {
    throw isPassing(error) ? error : unusable(error);
  }
}

/** REDIS_UNUSABLE with what Redis said and what that means. */
export function unusable(thrown: unknown): MetaErrError {
  const said = messageOf(thrown);
  const [, meaning] = MEANINGS.find(([pattern]) => pattern.test(said)) ?? [null, 'refuses what the service needs'];
  return new MetaErrError('REDIS_UNUSABLE', `the Redis at REDIS_URL ${meaning}: ${said}`, { cause: thrown });
}

const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/WRONGPASS|invalid password/, 'does not accept the user and password'],
  [/NOAUTH/, 'wants a password'],
  [/NOPERM|user executing the script can't/, 'does not give the user the rights that the service needs (docs/distributed.md lists them)'],
  [/MOVED|SELECT is not allowed/, 'is a node of a cluster: add ?cluster=true'],
  [/cluster support disabled/, 'is no cluster: name one host and leave out ?cluster=true'],
  [/DB index/, 'does not have the database'],
  [/unknown command|syntax error|Unknown Redis command/i, 'is too old: Redis 6.2 or Valkey is needed'],
];
