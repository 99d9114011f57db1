import { riskBound } from '../../src/meta/policy/binomial.js';

/**
 * Selection with guaranteed risk (Geifman and El-Yaniv 2017, "Selective classification for deep neural networks", Algorithm 1), for
 * comparison: a binary search over the order statistics, each step bounded at delta / ceil(log2 n), the last one that holds is kept.
 * `scores` ascending with outcomes beside them. Returns how many rows of least score are accepted; 0: none.
 */
export function selectionWithGuaranteedRisk(sortedFailures: Uint8Array, targetRisk: number, delta: number): number {
  const n = sortedFailures.length;
  const failed = new Int32Array(n + 1);
  sortedFailures.forEach((failure, i) => (failed[i + 1] = (failed[i] ?? 0) + failure));
  const steps = Math.ceil(Math.log2(n));
  let [low, high, best] = [1, n, 0];
  for (let step = 0; step < steps; step++) {
    const accepted = Math.ceil((low + high) / 2);
    if (riskBound(failed[accepted] ?? 0, accepted, delta / steps) <= targetRisk) {
      best = Math.max(best, accepted);
      low = accepted;
    } else high = accepted;
  }
  return best;
}
