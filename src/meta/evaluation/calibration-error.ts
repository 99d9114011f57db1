import type { ReliabilityBin } from './summary.js';
import type { TieGroups } from './tie-groups.js';

/** Bins of the expected calibration error. */
export const ECE_BINS = 15;

/**
 * A reliability diagram over bins of equal mass (Nguyen and O'Connor, EMNLP 2015), in ascending order of failure
 * probability. Bin b holds the rows of rank floor(b n / bins) to floor((b + 1) n / bins); bins that would be empty (n
 * below `bins`) are left out. A group of tied rows that a border cuts is shared with the group's failure rate, so
 * failures in a bin may have fractions and nothing depends on the order of tied rows.
 */
export function reliabilityBins(groups: TieGroups, bins: number = ECE_BINS): ReliabilityBin[] {
  const n = groups.totalRows;
  const result: ReliabilityBin[] = [];
  let g = 0;
  let left = groups.rows[0] ?? 0;
  for (let b = 0; b < bins; b++) {
    const count = Math.floor(((b + 1) * n) / bins) - Math.floor((b * n) / bins);
    let probabilities = 0;
    let failures = 0;
    for (let missing = count; missing > 0; ) {
      if (left === 0) left = groups.rows[++g] ?? 0;
      const taken = Math.min(left, missing);
      probabilities += taken * (groups.scores[g] ?? 0);
      failures += (taken * (groups.failures[g] ?? 0)) / (groups.rows[g] ?? 1);
      left -= taken;
      missing -= taken;
    }
    if (count > 0) result.push({ count, mean_failure_probability: probabilities / count, failure_rate: failures / count });
  }
  return result;
}

/**
 * Expected calibration error (Naeini, Cooper and Hauskrecht, AAAI 2015): the mean over rows of |mean failure probability
 * - failure rate| of their bin. Null without bins.
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number | null {
  let sum = 0;
  let rows = 0;
  for (const bin of bins) {
    sum += bin.count * Math.abs(bin.mean_failure_probability - bin.failure_rate);
    rows += bin.count;
  }
  return rows === 0 ? null : sum / rows;
}
