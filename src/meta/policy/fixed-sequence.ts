import { allowedFailures, binomialTail, rowsWithoutFailure } from './binomial.js';
import type { CalibrationTable } from './calibration-table.js';

/** What is to be guaranteed: failures among the accepted are at most `targetRisk`, but for a probability of `delta`. */
export interface RiskTarget {
  /** In (0, 1). */
  readonly targetRisk: number;
  /** 1 - confidence, in (0, 1). */
  readonly delta: number;
}

/** A threshold of the table, and the level at which it is tested. */
export interface Tested {
  readonly index: number;
  readonly level: number;
}

/**
 * Where sequences start: how far from the fewest rows that could pass (0) to all of them (1), by ratio; and their shares of delta. The first
 * finds nearly all that can be found where failures get rarer with the failure probability. The second is for where they do not:
 * a few sure predictions that fail end every sequence which starts among the sure ones.
 */
const STARTS = [{ way: 0.4, share: 0.8 }, { way: 0.7, share: 0.2 }] as const;

/**
 * The starts for a table, empty with too few rows for any test to pass. Only numbers of rows are looked at, so neither outcomes nor badly
 * calibrated failure probabilities have a say. At the strictest threshold of all a single failure would end a sequence; decision 11 has
 * what other starts reach.
 */
export function sequenceStarts({ rows, accepted }: Pick<CalibrationTable, 'rows' | 'accepted'>, { targetRisk, delta }: RiskTarget): readonly Tested[] {
  const begin = (way: number, level: number): readonly Tested[] => {
    const fewest = rowsWithoutFailure(targetRisk, level);
    if (rows < fewest) return [];
    const wanted = accepted.find((count) => count >= fewest ** (1 - way) * rows ** way) ?? rows;
    // Of the thresholds that allow as many failures the strictest is the surest.
    const allowed = allowedFailures(wanted, targetRisk, level);
    return [{ index: accepted.findIndex((count) => allowedFailures(count, targetRisk, level) === allowed), level }];
  };
  const [first, second] = STARTS;
  const later = begin(second.way, second.share * delta);
  return later.length === 0 ? begin(first.way, delta) : [...begin(first.way, first.share * delta), ...later];
}

/**
 * The most lenient threshold that fixed-sequence testing passes; null when none passes. From each start the thresholds are tested one
 * after the other, from strict to lenient, by the exact binomial tail, until the first that fails: the hypothesis is that the failure
 * rate among the accepted is above the target, and the chance of rejecting any true one is at most delta, however many are tested
 * (Angelopoulos, Bates, Candes, Jordan and Lei 2021, "Learn then Test", with several starts that share delta).
 */
export function fixedSequence(table: CalibrationTable, target: RiskTarget): Tested | null {
  let best: Tested | null = null;
  for (const start of sequenceStarts(table, target)) {
    const last = lastPassed(table, start, target.targetRisk);
    if (last > (best?.index ?? -1)) best = { index: last, level: start.level };
  }
  return best;
}

function lastPassed({ accepted, failed }: CalibrationTable, { index, level }: Tested, targetRisk: number): number {
  let next = index;
  while (next < accepted.length && binomialTail(failed[next] ?? 0, accepted[next] ?? 0, targetRisk) <= level) next++;
  return next === index ? -1 : next - 1;
}
