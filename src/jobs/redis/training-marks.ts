import { modelTag } from '../../core/ids.js';
import type { ModelKey } from '../../ledger/ledger.js';
import type { RedisClient } from '../../ledger/redis/client.js';
import type { TrainingMarks } from '../training-marks.js';

/** KEYS: hash. ARGV: field, label sequence, rows. */
const SET = `
local before = tonumber((redis.call('HGET', KEYS[1], ARGV[1]) or ''):match('^%d+'))
if before and before >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
return 1`;

/** The last training of each key in Redis: under the model's key base the HASH `marks`, JSON [model, version, digest] -> label sequence, a blank, rows. */
export function createRedisTrainingMarks(client: RedisClient): TrainingMarks {
  const set = client.script(SET);
  const hash = ({ model }: ModelKey) => `${client.keyBase(modelTag(model))}marks`;
  return {
    async trainingMark(key) {
      const mark = await client.attempt('STORE_UNAVAILABLE', () => client.commands.hget(hash(key), fieldOf(key)));
      if (mark === null) return null;
      const [labelSequence, rows] = mark.split(' ');
      return { labelSequence: Number(labelSequence), rows: Number(rows) };
    },
    async setTrainingMark(key, { labelSequence, rows }) {
      await client.attempt('STORE_UNAVAILABLE', () => set([hash(key)], [fieldOf(key), labelSequence, rows]));
    },
  };
}

function fieldOf({ model, version, digest }: ModelKey): string {
  return JSON.stringify([model, version, digest]);
}
