import { allowedFailures, binomialTail, rowsWithoutFailure } from './binomial.js';
import type { CalibrationTable } from './calibration-table.js';

/** What is to be guaranteed: failures among the accepted are at most `targetRisk`, but for a probability of `delta`. */
export interface RiskTarget {
  /** In (0, 1). */
  readonly targetRisk: number;
  /** 1 - confidence, in (0, 1). */
  readonly delta: number;
}

/** A threshold of the table, and the level at which it is tested, or that a start brings. */
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
 * The starts for a table, the strictest first; empty with too few rows for any test to pass. Only numbers of rows are looked at, so neither outcomes nor badly
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
  return later.length === 0 ? begin(first.way, delta) : [...begin(first.way, first.share * delta), ...later].sort((a, b) => a.index - b.index);
}

/**
 * The most lenient threshold that fixed-sequence testing passes; null when none passes. From each start the thresholds are tested one
 * after the other, from strict to lenient, by the exact binomial tail, until the first that fails: the hypothesis is that the failure
 * rate among the accepted is above the target, and the chance of rejecting any true one is at most delta, however many are tested
 * (Angelopoulos, Bates, Candes, Jordan and Lei 2021, "Learn then Test", with several starts that share delta). A sequence that gets as far as the next
 * start goes on with its share too: what a rejected hypothesis was tested at is passed on to the one after it (Bretz, Maurer, Brannath and Posch 2009).
 */
export function fixedSequence(table: CalibrationTable, target: RiskTarget): Tested | null {
  const starts = sequenceStarts(table, target);
  let best: Tested | null = null;
  for (let first = 0; first < starts.length; first++) {
    const last = lastPassed(table, starts.slice(first), target.targetRisk);
    if (last !== null && last.index > (best?.index ?? -1)) best = last;
  }
  return best;
}

/** The last threshold that passes from the first of the starts on, and the level that it had. */
function lastPassed({ accepted, failed }: CalibrationTable, starts: readonly Tested[], targetRisk: number): Tested | null {
  let passed: Tested | null = null;
  for (let index = starts[0]?.index ?? accepted.length; index < accepted.length; index++) {
    const level = starts.reduce((sum, start) => (start.index <= index ? sum + start.level : sum), 0);
    if (binomialTail(failed[index] ?? 0, accepted[index] ?? 0, targetRisk) > level) break;
    passed = { index, level };
  }
  return passed;
}
