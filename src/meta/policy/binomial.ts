const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
/** Up to here a factorial is an exact double. */
const MOST_EXACT = 15;
/** A term that is this small a part of the sum ends it: what follows is smaller still. */
const NEGLIGIBLE = 1e-17;

/** ln n! - ln(sqrt(2 pi n) (n / e)^n): what Stirling's formula leaves out. */
function stirlingError(n: number): number {
  if (n > MOST_EXACT) {
    const square = n * n;
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
  }
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  return Math.log(factorial) - (n + 0.5) * Math.log(n) + n - HALF_LOG_TWO_PI;
}

/** x ln(x / mean) + mean - x without cancellation where the two are close. */
function deviance(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const v = (x - mean) / (x + mean);
  let sum = (x - mean) * v;
  let term = 2 * x * v;
  for (let j = 1; ; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}

/** ln P(X = k) by the saddle-point expansion of Loader (2000), "Fast and accurate computation of binomial probabilities". */
function logProbability(k: number, n: number, p: number): number {
  if (k === 0) return n * Math.log1p(-p);
  if (k === n) return n * Math.log(p);
  const stirling = stirlingError(n) - stirlingError(k) - stirlingError(n - k);
  const variance = (k * (n - k)) / n;
  return stirling - deviance(k, n * p) - deviance(n - k, n * (1 - p)) - HALF_LOG_TWO_PI - 0.5 * Math.log(variance);
}

/** P(X <= k), k not above the mean: from k down the terms fall. */
function sumDown(k: number, n: number, p: number): number {
  let term = Math.exp(logProbability(k, n, p));
  let sum = term;
  for (let i = k; i > 0 && term > sum * NEGLIGIBLE; i--) {
    term *= (i / (n - i + 1)) * ((1 - p) / p);
    sum += term;
  }
  return sum;
}

/** P(X >= k), k not below the mean: from k up the terms fall. */
function sumUp(k: number, n: number, p: number): number {
  let term = Math.exp(logProbability(k, n, p));
  let sum = term;
  for (let i = k; i < n && term > sum * NEGLIGIBLE; i++) {
    term *= ((n - i) / (i + 1)) * (p / (1 - p));
    sum += term;
  }
  return sum;
}

function checkArguments(k: number, n: number): void {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`n: expected an integer of at least 0, got ${n}`);
  if (!Number.isInteger(k)) throw new RangeError(`k: expected an integer, got ${k}`);
}

/**
 * P(X <= k) of a binomial X of n trials of probability p (0 < p < 1), exact to about 1e-12 of itself up to n = 1e6, in time of about the
 * standard deviation of X. Throws a RangeError on other arguments.
 */
export function binomialTail(k: number, n: number, p: number): number {
  checkArguments(k, n);
  if (!(p > 0 && p < 1)) throw new RangeError(`p: expected a number between 0 and 1, got ${p}`);
  if (k < 0) return 0;
  if (k >= n) return 1;
  return Math.min(1, k <= n * p ? sumDown(k, n, p) : 1 - sumUp(k + 1, n, p));
}

/**
 * The largest failure rate that k failures in n rows do not rule out at a level (0 < level < 1): the exact one-sided upper bound of
 * Clopper and Pearson (1934). 1 where every row failed, or without rows.
 */
export function riskBound(k: number, n: number, level: number): number {
  checkArguments(k, n);
  if (k >= n) return 1;
  let [low, high] = [k / n, 1];
  for (let halved = (low + high) / 2; halved > low && halved < high; halved = (low + high) / 2) {
    if (binomialTail(k, n, halved) > level) low = halved;
    else high = halved;
  }
  return high;
}

/** The fewest rows that, without a single failure, show a failure rate of at most `risk` at a level. */
export function rowsWithoutFailure(risk: number, level: number): number {
  return Math.max(1, Math.ceil(Math.log(level) / Math.log1p(-risk)));
}

/** The most failures in so many rows that still show a failure rate of at most `risk` at a level; -1 where none does. */
export function allowedFailures(rows: number, risk: number, level: number): number {
  let [passing, failing] = [-1, Math.max(0, Math.ceil(rows * risk)) + 1];
  while (failing - passing > 1) {
    const middle = Math.floor((passing + failing) / 2);
    if (binomialTail(middle, rows, risk) <= level) passing = middle;
    else failing = middle;
  }
  return passing;
}
