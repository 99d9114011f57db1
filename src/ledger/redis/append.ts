import { modelTag } from '../../core/ids.js';
import { checkShape } from '../batch-shape.js';
import type { LabelChange, PredictionBatch } from '../ledger.js';
import { decodeChanges, mergeChanges } from './changes.js';
import { chunksOf, type ChunkLimits } from './chunks.js';
import type { RedisClient } from './client.js';
import { modelKeyText } from './layout.js';
import { LUA_APPEND } from './lua/append.js';
import { REMEMBERED_SECONDS, sendOnce } from './once.js';
import { encodedBytes, encodeReplies } from './reply-encode.js';
import { splitReplies, type Reply } from './reply-split.js';

const LIMITS: ChunkLimits = { work: 512, bytes: 256 * 1024 };

/**
 * `append` of the ledger: chunks of replies, each one run of a script, all sent before the first is answered, so that calls keep their order.
 * Rejects with LEDGER_UNAVAILABLE when any of them was not answered; RangeError for columns or rows that do not fit together.
 */
export function createAppend(client: RedisClient) {
  const script = client.script(LUA_APPEND);

  return async (batch: PredictionBatch): Promise<readonly LabelChange[]> => {
    checkShape(batch);
    const { key, featureSchema, featureWidth } = batch;
    const base = client.keyBase(modelTag(key.model));
    const sizeOf = (reply: Reply): ChunkLimits => ({ work: 2 + reply.inputs.length + reply.callers.length, bytes: encodedBytes(reply, featureWidth) });
    const runs = chunksOf(splitReplies(batch), LIMITS, sizeOf).map(async (chunk) => {
      const replies = encodeReplies(batch, chunk);
      const answer = await sendOnce(client, (nonce) => script([base], [nonce, REMEMBERED_SECONDS, key.model, modelKeyText(key), featureSchema, featureWidth, replies]));
      if (typeof answer === 'number') throw new RangeError(`featureWidth is ${featureWidth}, but the feature schema ${featureSchema} has ${answer}`);
      return decodeChanges(answer as Buffer, 0);
    });
    return mergeChanges(await Promise.all(runs));
  };
}
