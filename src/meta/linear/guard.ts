/** The prior of the stacker: weights it is pulled to, and how strongly. */
export interface StackerPrior {
  /** In [0, 1]: 0 trusts the anchor alone, 1 trusts the evidence. */
  readonly trust: number;
  /** One per expert, the anchor first. */
  readonly weights: readonly number[];
  /** Precision of the pull. */
  readonly precision: number;
  /** Precision of the intercept's pull to 0. */
  readonly interceptPrecision: number;
}

const FEW_FAILURES = 8;
const MANY_FAILURES = 40;
const PRECISION_FEW = 64;
const PRECISION_MANY = 16;
/** Each expert has its level from the same few failures already: a second fit of it would follow their chance twice. */
const INTERCEPT_FEW = 64;
const INTERCEPT_MANY = 1;
/** Prior shares of the experts, the anchor first: with few failures and with many. */
interface Shares {
  readonly few: readonly number[];
  readonly many: readonly number[];
}

/** Of anchor, nn, lr and so. */
const OF_FOUR: Shares = { few: [1, 0, 0, 0], many: [0.2, 0.4, 0.2, 0.2] };
/** The same with a kernel expert after them, where no classes are known. */
const OF_FIVE: Shares = { few: [1, 0, 0, 0, 0], many: [0.2, 0.2, 0.2, 0.2, 0.2] };
/** The same where the anchor is a constant, which tells no prediction from another. */
const WITHOUT_ANCHOR: Shares = { few: [0.5, 0, 0, 0, 0.5], many: OF_FIVE.many };
/** The same with two kernel experts after them, where they are known. */
const OF_SIX: Shares = { few: [1, 0, 0, 0, 0, 0], many: [0.2, 0.16, 0.16, 0.16, 0.16, 0.16] };
/** The same with the consensus after those, which is worth something without any label. */
const OF_SEVEN: Shares = { few: [0.3, 0, 0, 0, 0, 0, 0.7], many: [0.1, 0.12, 0.12, 0.12, 0.12, 0.12, 0.3] };
/** The same with what was learnt of failures on synthetic tasks, which is worth most then. */
const OF_EIGHT: Shares = { few: [0.1, 0, 0, 0, 0, 0, 0.2, 0.7], many: [0.1, 0.12, 0.12, 0.12, 0.12, 0.12, 0.2, 0.1] };
const SHARES = [OF_FOUR, OF_FIVE, OF_SIX, OF_SEVEN, OF_EIGHT] as const;
/** Of boosted trees after all the others, with many failures; the others give it up in proportion. */
const OF_TREES = 0.2;

/** The experts that are weighed. */
export interface Weighed {
  readonly experts: number;
  /** Whether the anchor tells one prediction from another. */
  readonly isAnchored: boolean;
  /** Whether the last of them are boosted trees. */
  readonly hasTrees: boolean;
}

/**
 * The guard: with f = min(failures, successes) labelled so far, u = clip(ln(f/8) / ln(40/8), 0, 1) moves the stacker's
 * prior from the experts that need no label (f <= 8, precision 64) to a mixture of all (f >= 40, precision 16). Experts that tell classes
 * apart know nothing before each class has a label: with less than one label a class on average, u is that much smaller.
 */
export function guardPrior(fewerOutcomes: number, labelsPerClass: number, weighed: Weighed): StackerPrior {
  const shares = sharesOf(weighed);
  const raw = fewerOutcomes <= 0 ? 0 : Math.log(fewerOutcomes / FEW_FAILURES) / Math.log(MANY_FAILURES / FEW_FAILURES);
  const trust = Math.min(1, Math.max(0, raw)) * Math.min(1, labelsPerClass);
  const weights = shares.many.map((share, k) => (1 - trust) * shares.few[k]! + trust * share);
  const blend = (few: number, many: number): number => few * (1 - trust) + many * trust;
  return { trust, weights, precision: blend(PRECISION_FEW, PRECISION_MANY), interceptPrecision: blend(INTERCEPT_FEW, INTERCEPT_MANY) };
}

function sharesOf({ experts, isAnchored, hasTrees }: Weighed): Shares {
  if (hasTrees) {
    const { few, many } = sharesOf({ experts: experts - 1, isAnchored, hasTrees: false });
    return { few: [...few, 0], many: [...many.map((share) => (1 - OF_TREES) * share), OF_TREES] };
  }
  const shares = !isAnchored && experts === OF_FIVE.many.length ? WITHOUT_ANCHOR : SHARES.find(({ many }) => many.length === experts);
  if (shares === undefined) throw new RangeError(`no prior for ${experts} experts`);
  return shares;
}
