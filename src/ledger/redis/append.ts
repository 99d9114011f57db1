import { modelTag } from '../../core/ids.js';
import { checkShape } from '../batch-shape.js';
import type { LabelChange, PredictionBatch } from '../ledger.js';
import { mergeChanges } from '../merge-changes.js';
import { partly } from '../partly-written.js';
import { decodeChanges } from './changes.js';
import { chunksOf, type ChunkLimits } from './chunks.js';
import type { RedisClient } from './client.js';
import { modelKeyText } from './layout.js';
import { LUA_APPEND } from './lua/append.js';
import { newNonce, sendOnce } from './once.js';
import { encodedBytes, encodeReplies } from './reply-encode.js';
import { splitReplies, type Reply } from './reply-split.js';

const LIMITS: ChunkLimits = { work: 512, bytes: 256 * 1024 };
/** How long Redis keeps the reply of a run that joined ground truths: as long may the batch have to wait until it is given again. */
const REMEMBERED_SECONDS = 3_600;

/** Some replies of a batch, written by one run of the script. */
interface Run {
  readonly replies: readonly Reply[];
  readonly nonce: string;
}

/**
 * `append` of the ledger: chunks of replies, each one run of a script, all sent before the first is answered, so that calls keep their order.
 * Rejects with LEDGER_UNAVAILABLE when any of them was not answered, as `PartlyWritten` where others changed something; the same batch given
 * again sends only those that were not answered, under their nonces, so what they changed is told though their first answer was lost.
 * RangeError for columns or rows that do not fit together.
 */
export function createAppend(client: RedisClient) {
  const script = client.script(LUA_APPEND);
  const unanswered = new WeakMap<PredictionBatch, readonly Run[]>();

  const send = async (batch: PredictionBatch, { replies, nonce }: Run): Promise<LabelChange[]> => {
    const { key, featureSchema, featureWidth } = batch;
    const base = client.keyBase(modelTag(key.model));
    const encoded = encodeReplies(batch, replies);
    const answer = await sendOnce(client, () => script([base], [nonce, REMEMBERED_SECONDS, key.model, modelKeyText(key), featureSchema, featureWidth, encoded]));
    if (typeof answer === 'number') throw new RangeError(`featureWidth is ${featureWidth}, but the feature schema ${featureSchema} has ${answer}`);
    return decodeChanges(answer as Buffer, 0);
  };

  return async (batch: PredictionBatch): Promise<readonly LabelChange[]> => {
    const runs = unanswered.get(batch) ?? runsOf(batch);
    unanswered.delete(batch);
    const settled = await Promise.allSettled(runs.map((run) => send(batch, run)));
    const changes = mergeChanges(settled.flatMap((run) => (run.status === 'fulfilled' ? [run.value] : [])));
    const failed = settled.find((run) => run.status === 'rejected');
    if (failed === undefined) return changes;
    unanswered.set(batch, runs.filter((_, i) => settled[i]?.status === 'rejected'));
    throw partly(failed.reason, changes);
  };
}

function runsOf(batch: PredictionBatch): Run[] {
  checkShape(batch);
  const sizeOf = (reply: Reply): ChunkLimits => ({ work: 2 + reply.inputs.length + reply.callers.length, bytes: encodedBytes(reply, batch.featureWidth) });
  return chunksOf(splitReplies(batch), LIMITS, sizeOf).map((replies) => ({ replies, nonce: newNonce() }));
}
