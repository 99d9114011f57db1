/**
 * Rows grouped by equal score, groups in ascending order of score. Every figure of this folder is computed from these
 * groups, so none depends on the order of tied rows.
 */
export interface TieGroups {
  /** Number of groups; the arrays may be longer. */
  readonly count: number;
  readonly scores: Float64Array;
  readonly rows: Float64Array;
  readonly failures: Float64Array;
  readonly totalRows: number;
  readonly totalFailures: number;
}

/**
 * Groups n rows by score in O(n log n): the scores of failures and of successes are sorted apart (native sort of typed
 * arrays, no comparator) and merged. `failures[i]` is 1 for a failure, else 0. Throws a RangeError on a NaN score or
 * arrays of different length.
 */
export function tieGroups(scores: Float64Array, failures: Uint8Array): TieGroups {
  const [failed, succeeded] = sortedByOutcome(scores, failures);
  const n = scores.length;
  const groups = { scores: new Float64Array(n), rows: new Float64Array(n), failures: new Float64Array(n) };
  let count = 0;
  let f = 0;
  let s = 0;
  while (f < failed.length || s < succeeded.length) {
    const score = Math.min(failed[f] ?? Infinity, succeeded[s] ?? Infinity);
    const firstFailure = f;
    const firstSuccess = s;
    while (f < failed.length && failed[f] === score) f++;
    while (s < succeeded.length && succeeded[s] === score) s++;
    groups.scores[count] = score;
    groups.failures[count] = f - firstFailure;
    groups.rows[count] = f - firstFailure + (s - firstSuccess);
    count++;
  }
  return { count, ...groups, totalRows: n, totalFailures: failed.length };
}

function sortedByOutcome(scores: Float64Array, failures: Uint8Array): [failed: Float64Array, succeeded: Float64Array] {
  if (scores.length !== failures.length) {
    throw new RangeError(`failures: expected ${scores.length} flags, one for each score, got ${failures.length}`);
  }
  const failed = new Float64Array(scores.length);
  const succeeded = new Float64Array(scores.length);
  let f = 0;
  let s = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? NaN;
    if (Number.isNaN(score)) throw new RangeError(`scores[${i}]: expected a number, got NaN`);
    if (failures[i] === 1) failed[f++] = score;
    else succeeded[s++] = score;
  }
  return [failed.subarray(0, f).sort(), succeeded.subarray(0, s).sort()];
}
