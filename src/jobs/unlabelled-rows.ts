import { DEFAULT_MIN_UNLABELLED_ROWS, DEFAULT_UNLABELLED_ROWS } from '../inference/config/file-schema.js';
import type { ModelConfig } from '../inference/contracts.js';
import type { ModelKey, ScanBatch } from '../ledger/ledger.js';
import { MIN_UNLABELLED_ROWS } from '../meta/fit/unlabelled.js';
import { SKEW_MILLISECONDS } from './clocks-apart.js';

/** Which predictions without a ground truth a training reads. */
export interface UnlabelledQuery {
  readonly key: ModelKey;
  readonly featureSchema: string;
  /** Only rows created before; milliseconds. */
  readonly before: number;
  /** So long before that time hardly a row is expected, and all of it is looked at together: only hosts whose clocks are ahead made some. */
  readonly ahead?: number;
  /** At most so many of the newest rows; 1 at least. */
  readonly newest: number;
}

/** What `UnlabelledQuery` has of time, for all rows that are there at a time of this host's clock. */
export function upToNow(now: number): Required<Pick<UnlabelledQuery, 'before' | 'ahead'>> {
  return { before: now + SKEW_MILLISECONDS, ahead: SKEW_MILLISECONDS };
}

/** Rows that a training reads; 0: none. A profile of an older release has no such setting. */
export function unlabelledLimit({ max_unlabelled_rows: rows }: Partial<Pick<ModelConfig['retraining'], 'max_unlabelled_rows'>>): number {
  return rows ?? DEFAULT_UNLABELLED_ROWS;
}

/** Predictions from which on a label-free meta-model is trained; 0: never. */
export function labelFreeLimit({ min_unlabelled_rows: rows, ...others }: Partial<Pick<ModelConfig['retraining'], 'min_unlabelled_rows' | 'max_unlabelled_rows'>>): number {
  const least = rows ?? DEFAULT_MIN_UNLABELLED_ROWS;
  const most = unlabelledLimit(others);
  return least === 0 || most < MIN_UNLABELLED_ROWS ? 0 : Math.min(most, Math.max(MIN_UNLABELLED_ROWS, least));
}

/** Places in a batch of the rows without a ground truth that are of the query's key and feature schema, in order. */
export function unlabelledOf(batch: ScanBatch, { key, featureSchema }: UnlabelledQuery): Int32Array {
  const ours = batch.keys.map(({ model, version, digest }) => model === key.model && version === key.version && digest === key.digest);
  const places = new Int32Array(batch.count);
  let count = 0;
  for (let i = 0; i < batch.count; i += 1) {
    if (batch.failures[i] === -1 && batch.featureSchemas[i] === featureSchema && ours[batch.keyOf[i] ?? -1] === true) places[count++] = i;
  }
  return places.subarray(0, count);
}
