import { tagOfPredictionId } from '../../core/ids.js';
import { nameOf } from '../codes.js';
import { STATUSES, type MetaErrStatus, type PredictionRecord } from '../ledger.js';
import type { RedisClient } from './client.js';
import { ledgerScript } from './ledger-script.js';
import type { NumberTable } from './number-table.js';
import { REPLY_PAGE } from './lua/pages.js';
import { decodeRows, headOfRow, type RowPage } from './reply-decode.js';
import { bytesOrNull } from './script-reply.js';
import { choiceOf, decodeState, decodeTruth, type RowState } from './truth-decode.js';

export interface PredictionPages {
  readonly reply: number;
  /** Bytes of texts after which a page ends. */
  readonly replyBytes: number;
  /** Ground truths of the history in one reading. */
  readonly history: number;
}

const TRUTHS = `return redis.call('HMGET', KEYS[1], unpack(ARGV))`;

type History = PredictionRecord['groundTruths'];

/** `prediction` of the ledger: rows in pages, then the history of those that have one. */
export function createPredictionReader(client: RedisClient, numbers: (base: string) => Promise<NumberTable>, pages: PredictionPages) {
  const readPage = ledgerScript(client, REPLY_PAGE);
  const readTruths = ledgerScript(client, TRUTHS);

  const histories = async (key: string, page: RowPage, states: readonly (RowState | null)[]): Promise<readonly History[]> => {
    const fields = states.flatMap((state, i) => Array.from({ length: state?.records ?? 0 }, (_, n) => `${page.rows[i]}:${n + 1}`));
    const found: (Buffer | null)[] = [];
    for (let from = 0; from < fields.length; from += pages.history) {
      found.push(...bytesOrNull(await readTruths([key], fields.slice(from, from + pages.history))));
    }
    let at = 0;
    return states.map((state) => historyOf(found.slice(at, (at += state?.records ?? 0)), state));
  };

  return async (id: string): Promise<readonly PredictionRecord[]> => {
    const tag = tagOfPredictionId(id);
    if (tag === null) return [];
    const base = client.keyBase(tag);
    const records: PredictionRecord[] = [];
    let row: unknown = 0;
    while (typeof row === 'number') {
      const page = decodeRows(await readPage([`${base}p:${id}`], [base, id, row, pages.reply, pages.replyBytes]));
      if (page.count === 0) break;
      const states = page.states.map((state) => (state === null ? null : decodeState(state)));
      records.push(...recordsOf(page, await numbers(base), states, await histories(`${base}t:${id}`, page, states)));
      row = page.next;
    }
    return records;
  };
}

/** Oldest receipt first; the numbers of ground truths are their order of arrival. Those that were pruned meanwhile are left out. */
function historyOf(found: readonly (Buffer | null)[], state: RowState | null): History {
  return found
    .flatMap((bytes, i) => (bytes === null ? [] : [{ ...decodeTruth(bytes), current: i + 1 === state?.current }]))
    .sort((a, b) => a.receivedAt - b.receivedAt);
}

function recordsOf(page: RowPage, numbers: NumberTable, states: readonly (RowState | null)[], histories: readonly History[]): PredictionRecord[] {
  const number = (column: Float64Array, row: number) => {
    const value = column[row] ?? NaN;
    return Number.isNaN(value) ? null : value;
  };
  return states.map((state, i) => {
    const { k, createdAt } = headOfRow(page, i);
    const key = numbers.keyNamed(k);
    if (key === null) throw new RangeError(`the ledger has no model key ${k}`);
    return {
      key,
      row: page.rows[i] ?? 0,
      createdAt,
      label: page.labels[i] ?? null,
      value: number(page.values, i),
      confidence: number(page.confidences, i),
      failureProbability: number(page.failureProbabilities, i),
      review: page.reviews[i] === 1,
      metaVersion: page.metaVersions[i] ?? 0,
      status: nameOf<MetaErrStatus>(STATUSES, page.statuses[i] ?? -1),
      inputs: page.inputs[i] ?? null,
      audit: page.audits[i] === 1,
      choice: choiceOf(page.states[i] ?? null, page.choices[i] ?? 0),
      failure: state?.failure ?? null,
      groundTruths: histories[i] ?? [],
    };
  });
}
