import { DEFAULT_UNLABELLED_ROWS } from '../../../src/inference/config/file-schema.js';
import { otherRows } from '../../../src/meta/training/pick-rows.js';
import { pickTruths } from './logged-rows.js';
import type { LoggedRows, TruthRows } from './logged-rows.js';

/** The predictions of a live stream that have no label yet when the named rows have theirs, as many as the service reads; null where there are none. */
export function unlabelledRows(live: TruthRows, labelled: Int32Array): LoggedRows | null {
  const others = otherRows(live.rows, labelled);
  return others.length === 0 ? null : pickTruths(live, others.subarray(-DEFAULT_UNLABELLED_ROWS));
}
