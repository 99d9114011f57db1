import type { Clock } from '../../core/clock.js';
import type { ModelCatalogue } from '../../inference/contracts.js';
import { STATUSES, type Ledger, type MetaErrStatus } from '../../ledger/ledger.js';
import { windowsBack } from '../search/walk.js';
import { Classes } from './classes.js';
import type { Breakdown, BreakdownQuery, BreakdownUseCase } from './contracts.js';
import { Histogram } from './histogram.js';

/** After so many rows it goes no further back; a window that was begun is read to its end. */
export const MOST_BROKEN_DOWN_ROWS = 100_000;

export interface BreakdownOptions {
  readonly ledger: Pick<Ledger, 'scan'>;
  readonly catalogue: Pick<ModelCatalogue, 'get'>;
  readonly clock: Clock;
}

/** Where failures gather: by failure probability, by predicted class and by pair of classes, over the newest rows of a range. */
export function createBreakdown({ ledger, catalogue, clock }: BreakdownOptions): BreakdownUseCase {
  return {
    async breakdown(query) {
      catalogue.get(query.model);
      return read(ledger, query, query.from ?? 0, query.to ?? clock.now() + 1);
    },
  };
}

/** Batch by batch, so that other requests get their turn in between. */
async function read(ledger: Pick<Ledger, 'scan'>, { model, version }: BreakdownQuery, from: number, to: number): Promise<Breakdown> {
  const histogram = new Histogram();
  const classes = new Classes();
  const statuses: Record<MetaErrStatus, number> = { ok: 0, label_free: 0, cold_start: 0, degraded: 0 };
  let reviews = 0;
  let rows = 0;
  let reached = to;
  for await (const window of windowsBack(ledger, { model, version, labelled: null, features: false, inputs: false, from, to })) {
    for await (const batch of window.batches) {
      rows += batch.count;
      histogram.add(batch);
      classes.add(batch);
      for (const status of batch.statuses) statuses[STATUSES[status] ?? 'degraded'] += 1;
      for (const review of batch.reviews) reviews += review;
    }
    reached = window.from;
    if (rows >= MOST_BROKEN_DOWN_ROWS) break;
  }
  const searched = { from: reached, to, rows, complete: reached <= from };
  return { histogram: histogram.bins(), classes: classes.classes(), pairs: classes.pairs(), statuses, reviews, searched };
}
