import type { GroundTruthResult } from '../ledger.js';

/** Results as the scripts write them: the index is the code. */
export const RESULTS: readonly GroundTruthResult[] = [
  { status: 'matched' },
  { status: 'duplicate' },
  { status: 'conflict' },
  { status: 'pending' },
  { status: 'invalid', reason: 'row_required' },
  { status: 'invalid', reason: 'row_out_of_range' },
  { status: 'invalid', reason: 'wrong_kind' },
  { status: 'invalid', reason: 'ambiguous_id' },
];

export function resultOf(code: number): GroundTruthResult {
  const result = RESULTS[code];
  if (result === undefined) throw new RangeError(`Redis answered the result ${code}, of which this release knows ${RESULTS.length}`);
  return result;
}
