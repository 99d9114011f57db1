/** The prior of the stacker: weights it is pulled to, and how strongly. */
export interface StackerPrior {
  /** In [0, 1]: 0 trusts the anchor alone, 1 trusts the evidence. */
  readonly trust: number;
  /** One per expert, the anchor first. */
  readonly weights: readonly number[];
  /** Precision of the pull. */
  readonly precision: number;
}

const FEW_FAILURES = 8;
const MANY_FAILURES = 40;
const PRECISION_FEW = 64;
const PRECISION_MANY = 16;
/** Prior shares of anchor, nn, lr and so once there are many failures. */
const SHARES_OF_FOUR = [0.2, 0.4, 0.2, 0.2] as const;
/** The same with the two kernel experts after them. */
const SHARES_OF_SIX = [0.2, 0.16, 0.16, 0.16, 0.16, 0.16] as const;

/**
 * The guard: with f = min(failures, successes) labelled so far, u = clip(ln(f/8) / ln(40/8), 0, 1) moves the stacker's
 * prior from the anchor alone (f <= 8, precision 64) to a mixture of all experts (f >= 40, precision 16). Experts that tell classes
 * apart know nothing before each class has a label: with less than one label a class on average, u is that much smaller.
 */
export function guardPrior(fewerOutcomes: number, labelsPerClass: number, experts: number): StackerPrior {
  const raw = fewerOutcomes <= 0 ? 0 : Math.log(fewerOutcomes / FEW_FAILURES) / Math.log(MANY_FAILURES / FEW_FAILURES);
  const trust = Math.min(1, Math.max(0, raw)) * Math.min(1, labelsPerClass);
  const weights = (experts === SHARES_OF_SIX.length ? SHARES_OF_SIX : SHARES_OF_FOUR).map((share, k) => (1 - trust) * (k === 0 ? 1 : 0) + trust * share);
  return { trust, weights, precision: PRECISION_FEW * (1 - trust) + PRECISION_MANY * trust };
}
