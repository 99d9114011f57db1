import { MetaErrError } from '../../core/errors.js';
import { tagOf } from '../../core/ids.js';
import type { GroundTruthItem, GroundTruthReply, GroundTruthResult, LabelChange, ModelKey } from '../ledger.js';
import { mergeChanges } from '../merge-changes.js';
import { PartlyRecorded, type Recorded } from '../partly-written.js';
import { decodeChanges } from './changes.js';
import { chunksOf, type ChunkLimits } from './chunks.js';
import type { RedisClient } from './client.js';
import { encodeItem } from './item-encode.js';
import { modelKeyOf } from './layout.js';
import { LUA_RECORD } from './lua/record.js';
import { newNonce, sendOnce } from './once.js';
import { resultOf } from './results.js';

const LIMITS: ChunkLimits = { work: 256, bytes: 256 * 1024 };
/** How long Redis keeps the reply of a run: much longer than any time-out, so that no copy of it is still under way. */
const REMEMBERED_SECONDS = 120;

/** In the order of the items; null where it is not known. */
interface Places {
  readonly results: (GroundTruthResult | null)[];
  readonly answeredBy: (ModelKey | null)[];
}

interface Encoded {
  /** Place in the call. */
  readonly index: number;
  readonly bytes: Buffer;
}

/**
 * `record` of the ledger: the items of each tag in chunks, each one run of a script, all sent before the first is answered. Rejects with
 * LEDGER_UNAVAILABLE when any of them was not answered, as `PartlyRecorded` where others were.
 */
export function createRecord(client: RedisClient) {
  const script = client.script(LUA_RECORD);

  const send = async (tag: string, chunk: readonly Encoded[]): Promise<Buffer> => {
    const items = Buffer.concat(chunk.map(({ bytes }) => bytes));
    const nonce = newNonce();
    return (await sendOnce(client, () => script([client.keyBase(tag)], [nonce, REMEMBERED_SECONDS, items]))) as Buffer;
  };

  return async (items: readonly GroundTruthItem[]): Promise<GroundTruthReply> => {
    const places: Places = { results: items.map(() => null), answeredBy: items.map(() => null) };
    const runs: Promise<LabelChange[]>[] = [];
    for (const [tag, group] of byTag(items)) {
      for (const chunk of chunksOf(group, LIMITS, ({ bytes }) => ({ work: 1, bytes: bytes.length }))) {
        runs.push(send(tag, chunk).then((answer) => decode(answer, chunk, places)));
      }
    }
    const settled = await Promise.allSettled(runs);
    const changes = mergeChanges(settled.flatMap((run) => (run.status === 'fulfilled' ? [run.value] : [])));
    const failed = settled.find((run) => run.status === 'rejected');
    if (failed !== undefined) throw rejection(failed.reason, { ...places, changes });
    return { results: places.results.filter((result) => result !== null), answeredBy: places.answeredBy, changes };
  };
}

function rejection(reason: unknown, recorded: Recorded): unknown {
  const isPart = recorded.results.some((result) => result !== null);
  return reason instanceof MetaErrError && isPart ? new PartlyRecorded(reason, recorded) : reason;
}

/** The items by their tag, in order. */
function byTag(items: readonly GroundTruthItem[]): Map<string, Encoded[]> {
  const groups = new Map<string, Encoded[]>();
  for (const [index, item] of items.entries()) {
    const tag = tagOf(item.id);
    const group = groups.get(tag);
    const encoded = { index, bytes: encodeItem(item) };
    if (group === undefined) groups.set(tag, [encoded]);
    else group.push(encoded);
  }
  return groups;
}

/** Writes what became of the items to their places and returns the changes. */
function decode(answer: Buffer, chunk: readonly Encoded[], { results, answeredBy }: Places): LabelChange[] {
  const count = answer.readUInt32LE(0);
  if (count !== chunk.length) throw new RangeError(`Redis answered ${count} results to ${chunk.length} ground truths`);
  const { keys, end } = keysAt(answer, 4 + 5 * count);
  for (const [i, { index }] of chunk.entries()) {
    results[index] = resultOf(answer.readUInt8(4 + i));
    answeredBy[index] = keys[answer.readUInt32LE(4 + count + 4 * i) - 1] ?? null;
  }
  return decodeChanges(answer, end);
}

function keysAt(answer: Buffer, at: number): { readonly keys: readonly ModelKey[]; readonly end: number } {
  let end = at + 4;
  const keys = Array.from({ length: answer.readUInt32LE(at) }, () => {
    const from = end + 4;
    end = from + answer.readUInt32LE(end);
    return modelKeyOf(answer.toString('utf8', from, end));
  });
  return { keys, end };
}
