import type { Clock } from '../../core/clock.js';
import type { ModelCatalogue } from '../../inference/contracts.js';
import type { Ledger, ScanBatch } from '../../ledger/ledger.js';
import { scanRow } from '../../ledger/scan-row.js';
import { Best } from './best.js';
import type { FoundPrediction, PredictionSearchUseCase, SearchQuery, SearchResult } from './contracts.js';
import { Exploration } from './exploration.js';
import { withInputs } from './found-inputs.js';
import { comparePlaces, keyIn, type Place } from './order.js';
import { windowsBack } from './walk.js';

/** After so many rows the search goes no further back; a window that was begun is read to its end. */
export const MOST_SEARCHED_ROWS = 100_000;

export interface PredictionSearchOptions {
  readonly ledger: Pick<Ledger, 'scan' | 'prediction'>;
  readonly catalogue: Pick<ModelCatalogue, 'get'>;
  readonly clock: Clock;
}

/** Finds predictions in an order that the ledger does not have, among the newest ones. */
export function createPredictionSearch({ ledger, catalogue, clock }: PredictionSearchOptions): PredictionSearchUseCase {
  return {
    async search(query) {
      catalogue.get(query.model);
      const { cursor } = query;
      const to = cursor?.to ?? query.to ?? clock.now() + 1;
      const from = cursor?.from ?? query.from ?? 0;
      return find(ledger, query, from, to);
    },
  };
}

async function find(ledger: PredictionSearchOptions['ledger'], query: SearchQuery, from: number, to: number): Promise<SearchResult> {
  const exploration = query.order === 'uncertainty' && query.cursor === null ? Math.round(query.exploration * query.limit) : 0;
  const explorer = exploration === 0 ? null : new Exploration(query.limit, to);
  const limit = query.limit - exploration;
  // One more than asked for tells whether there is a next page.
  const best = new Best<FoundPrediction>(limit + 1);
  const after = query.cursor?.after ?? null;
  // What is newer than the last row of the page before was on a page before.
  const end = query.order === 'time' && after !== null ? after.createdAt + 1 : to;
  // In the order of time hardly more is read than found.
  const inputs = query.order === 'time';
  let rows = 0;
  let reached = end;
  for await (const window of windowsBack(ledger, { model: query.model, version: query.version, labelled: query.labelled, features: false, inputs, from, to: end })) {
    for await (const batch of window.batches) {
      rows += batch.count;
      collect(batch, query, after, best);
      for (let i = 0; explorer !== null && i < batch.count; i++) explorer.look(batch, i);
    }
    reached = window.from;
    if (query.order === 'time' && best.count > limit) break;
    // The range of a cursor was bounded when it was made.
    if (query.cursor === null && rows >= MOST_SEARCHED_ROWS) break;
  }
  const first = best.sorted().slice(0, limit);
  const last = best.count > limit ? first.at(-1) : undefined;
  const found = explorer === null ? first : [...first, ...explorer.rows(exploration, first)];
  // Only in the order of time is there more before what was read.
  const next = last === undefined ? null : { from: query.order === 'time' ? from : reached, to, after: placeOf(last) };
  const predictions = inputs ? found : await withInputs(ledger, found);
  return { predictions, next, searched: { from: reached, to, rows, complete: reached <= from } };
}

function collect(batch: ScanBatch, { order }: SearchQuery, after: Place | null, best: Best<FoundPrediction>): void {
  for (let i = 0; i < batch.count; i++) {
    const createdAt = batch.createdAt[i] ?? NaN;
    const key = keyIn(order, batch.failureProbabilities[i] ?? NaN, createdAt);
    if (Number.isNaN(key)) continue;
    const place = { key, createdAt, id: batch.ids[i] ?? '', row: batch.rows[i] ?? 0 };
    if ((after === null || comparePlaces(place, after) > 0) && best.admits(place)) best.add({ ...scanRow(batch, i), key, inputs: batch.inputs[i] ?? null, explored: false });
  }
}

function placeOf({ key, createdAt, id, row }: Place): Place {
  return { key, createdAt, id, row };
}
