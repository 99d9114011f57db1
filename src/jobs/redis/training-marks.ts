import { modelTag } from '../../core/ids.js';
import type { ModelKey } from '../../ledger/ledger.js';
import type { RedisClient } from '../../ledger/redis/client.js';
import type { TrainingMarks } from '../training-marks.js';

/** KEYS: hash. ARGV: field, label sequence, rows. */
const SET = `
local before, known = (redis.call('HGET', KEYS[1], ARGV[1]) or '-1 0'):match('^(%-?%d+) (%d+)$')
local more = tonumber(ARGV[2]) - tonumber(before)
if more < 0 or more == 0 and tonumber(ARGV[3]) <= tonumber(known) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
return 1`;

/** KEYS: hash. ARGV: field, attempt, label sequence. Texts are compared, so that no number is rounded on its way. */
const COUNT = `
local made, counted = (redis.call('HGET', KEYS[1], ARGV[1]) or '0 -'):match('^(%d+) (.*)$')
local next = counted == ARGV[3] and tonumber(made) or tonumber(made) + 1
if next ~= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
return 1`;

/**
 * What trainings leave behind, in Redis, under the model's key base; fields are JSON [model, version, digest]: the HASH `marks` -> label
 * sequence, a blank, rows; the HASH `attempts` -> tests counted, a blank, label sequence of the last; the HASH `drift` -> meta-model version.
 */
export function createRedisTrainingMarks(client: RedisClient): TrainingMarks {
  const set = client.script(SET);
  const count = client.script(COUNT);
  const hash = ({ model }: ModelKey, name: 'marks' | 'attempts' | 'drift') => `${client.keyBase(modelTag(model))}${name}`;
  const attempt = <T>(call: () => Promise<T>): Promise<T> => client.attempt('STORE_UNAVAILABLE', call);
  return {
    async trainingMark(key) {
      const mark = await attempt(() => client.commands.hget(hash(key, 'marks'), fieldOf(key)));
      if (mark === null) return null;
      const [labelSequence, rows] = mark.split(' ');
      return { labelSequence: Number(labelSequence), rows: Number(rows) };
    },
    async setTrainingMark(key, { labelSequence, rows }) {
      await attempt(() => set([hash(key, 'marks')], [fieldOf(key), labelSequence, rows]));
    },
    async promotionAttempt(key, labelSequence) {
      const counted = await attempt(() => client.commands.hget(hash(key, 'attempts'), fieldOf(key)));
      const [made, sequence] = (counted ?? '0 -').split(' ');
      return sequence === String(labelSequence) ? Number(made) : Number(made) + 1;
    },
    async countAttempt(key, made, labelSequence) {
      return Number(await attempt(() => count([hash(key, 'attempts')], [fieldOf(key), made, labelSequence]))) === 1;
    },
    async renewAttempts(key) {
      await attempt(() => client.commands.hdel(hash(key, 'attempts'), fieldOf(key)));
    },
    async driftMark(key) {
      const version = await attempt(() => client.commands.hget(hash(key, 'drift'), fieldOf(key)));
      return version === null ? null : Number(version);
    },
    async setDriftMark(key, metaVersion) {
      await attempt(() => client.commands.hset(hash(key, 'drift'), fieldOf(key), metaVersion));
    },
  };
}

function fieldOf({ model, version, digest }: ModelKey): string {
  return JSON.stringify([model, version, digest]);
}
