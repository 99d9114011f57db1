/** The chance that a meta-model whose failure probabilities are right (within the tolerance) is ever said to have drifted. */
export const DRIFT_ALPHA = 0.01;
/** Failures may differ so far from the sum of the failure probabilities, as a share of it, before that is drift. */
export const DRIFT_TOLERANCE = 0.1;

/** Shifts of the failure logit that evidence is gathered for. */
const SHIFTS = [0.1, 0.2, 0.4, 0.8, 1.6] as const;
/** A drift may begin with the first row, or with each further period; a longer one would see it later, shorter ones dilute the evidence. */
const PERIOD_MILLISECONDS = 3_600_000;

/** Labelled rows that one meta-model answered, oldest first. */
export interface AnsweredOutcomes {
  /** Milliseconds. */
  readonly createdAt: Float64Array;
  /** As answered, none NaN. */
  readonly failureProbabilities: Float64Array;
  /** 1 = failure. */
  readonly failures: Uint8Array;
}

export interface CalibrationDrift {
  readonly rows: number;
  /** Sum of the failure probabilities. */
  readonly expected: number;
  readonly observed: number;
  /** ln of the e-value: at ln(1 / alpha) and above it is drift. */
  readonly logEvidence: number;
  readonly drifted: boolean;
  /** What there is more evidence for; null without drift. */
  readonly direction: 'more_failures' | 'fewer_failures' | null;
}

/**
 * A sequential test of failure minus failure probability, valid at whatever moment it is looked at. For a shift s > 0 of the failure logit, the
 * product over rows of exp(s f) / (1 - q + q exp(s)), with f the outcome and q = 1.1 p, is a supermartingale under every failure probability
 * up to q (a likelihood ratio where it is q); likewise for s < 0 and q = .9 p. The e-value is their weighted mean over shifts and over the
 * moments at which a drift may have begun, so its chance of ever reaching 1 / alpha is at most alpha (Ville 1939; Howard, Ramdas, McAuliffe and
 * Sekhon 2021, "Time-uniform, nonparametric, nonasymptotic confidence sequences"; Waudby-Smith and Ramdas 2024, "Estimating means of bounded
 * random variables by betting").
 *
 * Products know no order: rows may become labelled in any order, and the e-value of all that are labelled is the one that a test along their
 * arrival would have now. So nothing is kept between two looks, and every process comes to the same. The moments are every hour since
 * `since`, the time before which none of the rows can be (the j-th has the weight 1 / (j (j + 1))); leaving out old rows loses the evidence of the moments
 * before them and nothing else. O(rows x shifts).
 */
export function calibrationDrift(rows: AnsweredOutcomes, since: number, { complete = true, alpha = DRIFT_ALPHA } = {}): CalibrationDrift {
  const n = rows.failures.length;
  const expected = rows.failureProbabilities.reduce((sum, p) => sum + p, 0);
  const observed = rows.failures.reduce((sum, f) => sum + f, 0);
  const more = logEvidence(rows, since, complete, 1);
  const fewer = logEvidence(rows, since, complete, -1);
  const both = logSum(more, fewer) - Math.LN2;
  const drifted = both >= -Math.log(alpha);
  return { rows: n, expected, observed, logEvidence: both, drifted, direction: !drifted ? null : more >= fewer ? 'more_failures' : 'fewer_failures' };
}

/** ln of the weighted mean of the products of one direction, over all shifts and beginnings. */
function logEvidence({ createdAt, failureProbabilities, failures }: AnsweredOutcomes, since: number, complete: boolean, sign: 1 | -1): number {
  const n = failures.length;
  const sums = new Float64Array(SHIFTS.length);
  const periodOf = (row: number) => Math.max(0, Math.floor(((createdAt[row] ?? since) - since) / PERIOD_MILLISECONDS));
  // Beginnings after the last row have a product of 1 each.
  let total = n === 0 ? 0 : -Math.log(periodOf(n - 1) + 2);
  for (let row = n - 1; row >= 0; row--) {
    const q = Math.min(1, (1 + sign * DRIFT_TOLERANCE) * (failureProbabilities[row] ?? 0));
    SHIFTS.forEach((shift, k) => {
      const s = sign * shift;
      sums[k] = (sums[k] ?? 0) + s * (failures[row] ?? 0) - Math.log1p(q * Math.expm1(s));
    });
    const period = periodOf(row);
    const before = row === 0 ? -1 : periodOf(row - 1);
    // All beginnings after the row before and up to this one see the same rows; where older rows are left out, only whole periods count.
    const first = row === 0 && !complete ? period + 1 : before + 1;
    if (period < first) continue;
    const weight = 1 / (first + 1) - 1 / (period + 2);
    const mean = sums.reduce((sum, log) => logSum(sum, log), -Infinity) - Math.log(SHIFTS.length);
    total = logSum(total, Math.log(weight) + mean);
  }
  return total;
}

/** ln(e^a + e^b). */
function logSum(a: number, b: number): number {
  const larger = Math.max(a, b);
  return larger === -Infinity ? larger : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}
