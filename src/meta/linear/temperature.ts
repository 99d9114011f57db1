/** Labelled rows with the natural logarithms of their class probabilities. */
export interface TemperatureProblem {
  readonly rows: number;
  readonly classes: number;
  /** Row-major with `stride` numbers a row; the log-probabilities begin at `offset`. */
  readonly values: Float32Array;
  readonly stride: number;
  readonly offset: number;
  /** Index of the predicted class. */
  readonly predicted: Int32Array;
  /** Index of the true class; negative where it is not known or none of these. */
  readonly truths: Int32Array;
  readonly failures: Uint8Array;
}

/** ln T is 0 give or take so much, until the labels say otherwise. */
const PRIOR_DEVIATION = 0.5;
/** ln T is looked for between these. */
const LOWEST = Math.log(0.1);
const HIGHEST = Math.log(10);
/** The interval shrinks by the golden ratio with each step: to 1e-5. */
const STEPS = 28;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Log-probabilities below this say no more than this: one impossible class must not decide alone. */
const LEAST_LOG = -30;

/**
 * The temperature T under which softmax(ln P / T) explains the labels best (temperature scaling: Guo et al., ICML 2017), pulled to 1 by
 * a normal prior on ln T. It has one parameter and learns from successes as well as from failures, so some dozens of labels are
 * enough. Above 1 the base model is over-confident, below under-confident, as forests are. A row whose true class is not known counts
 * by whether the predicted class failed. Golden-section search; 1 without rows.
 */
export function fitTemperature(problem: TemperatureProblem): number {
  if (problem.rows === 0) return 1;
  const loss = (logT: number): number => temperatureLoss(problem, Math.exp(logT)) + 0.5 * (logT / PRIOR_DEVIATION) ** 2;
  let [low, high] = [LOWEST, HIGHEST];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [leftLoss, rightLoss] = [loss(left), loss(right)];
  for (let step = 0; step < STEPS; step++) {
    if (leftLoss < rightLoss) {
      [high, right, rightLoss] = [right, left, leftLoss];
      left = high - GOLDEN * (high - low);
      leftLoss = loss(left);
    } else {
      [low, left, leftLoss] = [left, right, rightLoss];
      right = low + GOLDEN * (high - low);
      rightLoss = loss(right);
    }
  }
  return Math.exp((low + high) / 2);
}

/** Sum of the negative log-likelihoods of the rows at a temperature, in nats. */
export function temperatureLoss({ rows, classes, values, stride, offset, predicted, truths, failures }: TemperatureProblem, temperature: number): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const base = row * stride + offset;
    const own = predicted[row]!;
    const truth = truths[row]!;
    const most = values[base + own]! / temperature;
    let others = 0;
    for (let k = 0; k < classes; k++) if (k !== own) others += Math.exp(values[base + k]! / temperature - most);
    const total = Math.log1p(others);
    const logOf = truth >= 0 ? values[base + truth]! / temperature - most : failures[row] === 1 ? Math.log(others) : 0;
    sum -= Math.max(LEAST_LOG, logOf - total);
  }
  return sum;
}
