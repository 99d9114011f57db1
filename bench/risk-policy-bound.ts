import { allowedFailures, binomialTail } from '../src/meta/policy/binomial.js';
import type { RiskTarget } from '../src/meta/policy/fixed-sequence.js';
import { oracleCoverage, type Population } from '../test/support/policy-simulation.js';

/** Thresholds that the bound is summed over. */
const STEPS = 200;

/**
 * About the largest mean coverage of `rows` calibration rows, as a share of the oracle's, of any procedure whose promise holds in every world with such failure
 * probabilities. Take a threshold with a failure rate below the target, and the world in which failures under it are so much more frequent that the
 * target is just exceeded, there and at every threshold after it. Accepting that much breaks the promise there, so it happens there with probability delta at
 * most, and here no more often than the most powerful test of level delta rejects that world (Neyman and Pearson 1933). Where failures are rare, that
 * test counts those under the threshold. The coverage is the sum of these chances over all thresholds up to the oracle's. Thresholds after which the rate would fall
 * below the target again, which are those before failures get frequent, count as accepted. NaN where the oracle accepts nothing.
 */
export function attainableCoverage(population: Population, rows: number, { targetRisk, delta }: RiskTarget): number {
  const { failed, scores } = population;
  const best = Math.round(oracleCoverage(population, targetRisk) * scores.length);
  const before = hardBefore(failed, targetRisk);
  const first = Math.min(best, before.findIndex((at) => at > 0));
  const step = Math.max(1, Math.floor((best - first) / STEPS));
  let [sum, chance] = [first, 1];
  for (let accepted = first; accepted < best; accepted += step) {
    const at = before[accepted] ?? accepted;
    chance = Math.min(chance, power(Math.max(1, Math.round((rows * at) / scores.length)), (failed[at] ?? 0) / at, targetRisk, delta));
    sum += chance * Math.min(step, best - accepted);
  }
  return sum / best;
}

/** By number of rows: the most rows up to it of which none of the stretches that follow has a failure rate under the target; 0 before the first. */
function hardBefore(failed: Float64Array, targetRisk: number): Int32Array {
  const surplus = failed.map((failures, rows) => failures - targetRisk * rows);
  const before = new Int32Array(failed.length);
  let least = Infinity;
  for (let rows = failed.length - 1; rows > 0; rows--) {
    if (surplus[rows]! <= least) before[rows] = rows;
    least = Math.min(least, surplus[rows]!);
  }
  for (let rows = 1; rows < before.length; rows++) before[rows] ||= before[rows - 1]!;
  return before;
}

/** Power at `rate` of the randomized binomial test of `rows` rows whose level at `risk` is exactly delta. */
function power(rows: number, rate: number, risk: number, delta: number): number {
  const surely = allowedFailures(rows, risk, delta);
  const tail = (k: number, p: number): number => (p > 0 ? binomialTail(k, rows, p) : Number(k >= 0));
  const left = (delta - tail(surely, risk)) / (tail(surely + 1, risk) - tail(surely, risk));
  return (1 - left) * tail(surely, rate) + left * tail(surely + 1, rate);
}
