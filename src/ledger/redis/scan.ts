import { modelTag } from '../../core/ids.js';
import type { ModelKey, RowRange, ScanBatch, ScanQuery } from '../ledger.js';
import type { RedisArgument, RedisClient } from './client.js';
import { ledgerScript } from './ledger-script.js';
import type { NumberTable } from './number-table.js';
import { SCAN_PAGE } from './lua/pages.js';
import { decodeRows, headOfRow, type ReplyHead, type RowPage } from './reply-decode.js';
import { choiceOf, decodeState, failureOf } from './truth-decode.js';
import { nextOf, type Walk } from './walk.js';

export interface ScanPages {
  /** Rows looked at in one page. */
  readonly scan: number;
  /** Bytes of texts and vectors after which a page ends, whatever its rows. */
  readonly scanBytes: number;
}

type BeginWalk = (query: RowRange, base: string) => Promise<Walk | null>;

/** `scan` of the ledger; a page is one script. */
export function createScanner(client: RedisClient, beginWalk: BeginWalk, pages: ScanPages) {
  const readPage = ledgerScript(client, SCAN_PAGE);

  return async function* (query: ScanQuery): AsyncGenerator<ScanBatch> {
    const walk = await beginWalk(query, client.keyBase(modelTag(query.model)));
    if (walk === null) return;
    const labelled = query.labelled === null ? '' : Number(query.labelled);
    let cursor: readonly RedisArgument[] | null = walk.start;
    while (cursor !== null) {
      const reply = await readPage([walk.index], [...walk.argumentsOf(cursor, pages.scan), pages.scanBytes, labelled, Number(query.features), Number(query.inputs)]);
      const page = decodeRows(reply);
      if (page.count > 0) yield scanBatch(page, walk.numbers, query.features);
      cursor = nextOf(page.next);
    }
  };
}

function scanBatch(page: RowPage, numbers: NumberTable, features: boolean): ScanBatch {
  const heads = Array.from({ length: page.count }, (_, row) => headOfRow(page, row));
  const schemas = new Map([...new Set(heads.map(({ f }) => f))].map((f) => [f, numbers.schemaNamed(f)?.digest ?? '']));
  const keyIndex = new Map([...new Set(heads.map(({ k }) => k))].map((k, index) => [k, index]));
  return {
    count: page.count,
    keys: [...keyIndex.keys()].map((k) => keyNamed(numbers, k)),
    keyOf: Int32Array.from(heads, ({ k }) => keyIndex.get(k) ?? -1),
    ids: heads.map(({ id }) => id),
    rows: page.rows,
    createdAt: Float64Array.from(heads, ({ createdAt }) => createdAt),
    labels: page.labels,
    values: page.values,
    confidences: page.confidences,
    failureProbabilities: page.failureProbabilities,
    reviews: page.reviews,
    metaVersions: page.metaVersions,
    statuses: page.statuses,
    audits: page.audits,
    choices: page.choices.map((planned, row) => choiceOf(page.states[row] ?? null, planned)),
    failures: Int8Array.from(page.states, (state) => (state === null ? -1 : failureOf(state))),
    truths: page.states.map(truthOf),
    featureSchemas: heads.map(({ f }) => schemas.get(f) ?? ''),
    features: vectorsOf(heads, page.vectors, features),
    inputs: page.inputs,
  };
}

function keyNamed(numbers: NumberTable, k: number): ModelKey {
  const key = numbers.keyNamed(k);
  if (key === null) throw new RangeError(`the ledger has no model key ${k}`);
  return key;
}

function truthOf(state: Buffer | null): ScanBatch['truths'][number] {
  if (state === null) return null;
  const { kind, value, observedAt } = decodeState(state);
  return { kind, value, observedAt };
}

/** Views of the page's vectors. */
function vectorsOf(heads: readonly ReplyHead[], vectors: Float32Array, wanted: boolean): (Float32Array | null)[] {
  let at = 0;
  return heads.map(({ width }) => (wanted && width > 0 ? vectors.subarray(at, (at += width)) : null));
}
