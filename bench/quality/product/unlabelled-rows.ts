import { pickTruths } from './logged-rows.js';
import type { LoggedRows, TruthRows } from './logged-rows.js';

/** Newest predictions without a ground truth that a training reads, the service's own default. */
const MAX_UNLABELLED_ROWS = 5000;

/** The predictions of a live stream that have no label yet when the named rows have theirs; null where there are none. */
export function unlabelledRows(live: TruthRows, labelled: Int32Array): LoggedRows | null {
  const known = new Uint8Array(live.rows);
  for (const row of labelled) known[row] = 1;
  const others = Int32Array.from(known.keys()).filter((row) => known[row] === 0);
  return others.length === 0 ? null : pickTruths(live, others.subarray(-MAX_UNLABELLED_ROWS));
}
