import { modelTag } from '../../core/ids.js';
import type { LabelledBatch, LabelledQuery } from '../ledger.js';
import { errorOf } from '../outcome.js';
import type { RedisArgument, RedisClient } from './client.js';
import { ledgerScript } from './ledger-script.js';
import { newestOf, piecesOf, type PackedMembers } from './members.js';
import type { NumberTable } from './number-table.js';
import { LABELLED_READ, LABELLED_SELECT } from './lua/pages.js';
import { decodeRows, headOfRow, type RowPage } from './reply-decode.js';
import { bytesOf, integerOf, listOf } from './script-reply.js';
import { choiceOf, failureOf, kindOf, valueOf } from './truth-decode.js';

export interface LabelledPages {
  /** Rows looked at in one step of the selection. */
  readonly select: number;
  /** Rows in a batch, at most. */
  readonly read: number;
  /** Bytes of feature vectors in a batch, about. */
  readonly readBytes: number;
}

/** What a query means in the numbers of its tag. */
interface Selection {
  readonly base: string;
  readonly index: string;
  /** Number and width of the feature schema; null for any. */
  readonly schema: { readonly f: number; readonly width: number } | null;
}

/** `labelled` of the ledger: the set of rows is fixed before the first batch, what they hold is read batch by batch. */
export function createLabelledReader(client: RedisClient, numbers: (base: string) => Promise<NumberTable>, pages: LabelledPages) {
  const select = ledgerScript(client, LABELLED_SELECT);
  const read = ledgerScript(client, LABELLED_READ);

  /** The newest rows that the query selects: pages from the newest back, each oldest first. */
  const selectNewest = async ({ base, index, schema }: Selection, query: LabelledQuery): Promise<PackedMembers[]> => {
    const selected: PackedMembers[] = [];
    let cursor: readonly RedisArgument[] | null = ['', ''];
    for (let left = query.newest; left > 0 && cursor !== null; ) {
      const { from, to, metaVersion } = query;
      const [packed, count, next] = listOf(await select([index], [base, from ?? '', to ?? '', schema?.f ?? '', metaVersion ?? '', pages.select, ...cursor]));
      const page = newestOf({ packed: bytesOf(packed), count: integerOf(count) }, left);
      if (page.count > 0) selected.push(page);
      left -= page.count;
      cursor = next === null ? null : listOf(next).map(bytesOf);
    }
    return selected;
  };

  return async function* (query: LabelledQuery): AsyncGenerator<LabelledBatch> {
    if (query.features && query.featureSchema === null) throw new TypeError('featureSchema must be given when features are read');
    const base = client.keyBase(modelTag(query.key.model));
    const selection = selectionOf(query, base, await numbers(base));
    if (selection === null) return;
    const width = query.features ? (selection.schema?.width ?? 0) : 0;
    const size = Math.min(pages.read, Math.max(1, Math.floor(pages.readBytes / (4 * width + 1))));
    const selected = await selectNewest(selection, query);
    for (let page = selected.pop(); page !== undefined; page = selected.pop()) {
      for (const members of piecesOf(page, size)) {
        const batch = labelledBatch(decodeRows(await read([selection.index], [base, members, query.features ? '1' : ''])));
        if (batch.count > 0) yield batch;
      }
    }
  };
}

/** Null where the query can select nothing. */
function selectionOf(query: LabelledQuery, base: string, numbers: NumberTable): Selection | null {
  const k = numbers.key(query.key);
  if (k === null) return null;
  const index = `${base}l:${k}`;
  if (query.featureSchema === null) return { base, index, schema: null };
  const f = numbers.schema(query.featureSchema);
  return f === null ? null : { base, index, schema: { f, width: numbers.schemaNamed(f)?.width ?? 0 } };
}

function labelledBatch(page: RowPage): LabelledBatch {
  const states = page.states.map((state) => state ?? Buffer.alloc(0));
  return {
    count: page.count,
    createdAt: Float64Array.from({ length: page.count }, (_, row) => headOfRow(page, row).createdAt),
    features: page.vectors,
    failures: Uint8Array.from(states, failureOf),
    labels: page.labels,
    classes: page.classes,
    truths: states.map((state) => (kindOf(state) === 'label' ? valueOf(state) : null)),
    errors: Float32Array.from(states, (state, row) => errorOf({ value: page.values[row] ?? NaN, tolerance: page.tolerances[row] ?? NaN }, { kind: kindOf(state), value: valueOf(state) })),
    coldStartProbabilities: page.coldStartProbabilities,
    failureProbabilities: page.failureProbabilities,
    reviews: page.reviews,
    metaVersions: page.metaVersions,
    audits: page.audits,
    choices: page.choices.map((planned, row) => choiceOf(page.states[row] ?? null, planned)),
  };
}
