import t, { type Test } from 'tap';
import { allowedFailures, binomialTail, riskBound, rowsWithoutFailure } from '../../src/meta/policy/binomial.js';

/** P(X <= k) for p = numerator / denominator in whole numbers, rounded once at the end. */
function exactTail(k: number, n: number, numerator: bigint, denominator: bigint): number {
  const other = denominator - numerator;
  let term = other ** BigInt(n);
  let sum = term;
  for (let i = 1; i <= k; i++) {
    term = (term * BigInt(n - i + 1) * numerator) / (BigInt(i) * other);
    sum += term;
  }
  // 80 further decimal places; the division leaves the leading digits of even the smallest tails.
  const scaled = (sum * 10n ** 80n) / denominator ** BigInt(n);
  return Number(scaled) / 1e80;
}

/** The same by logarithms of factorials, summed one by one. */
function summedTail(k: number, n: number, p: number): number {
  let log = n * Math.log1p(-p);
  const logs = [log];
  for (let i = 1; i <= k; i++) logs.push((log += Math.log((n - i + 1) / i) + Math.log(p) - Math.log1p(-p)));
  const largest = logs.reduce((most, each) => Math.max(most, each), -Infinity);
  return Math.exp(largest) * logs.reduce((sum, each) => sum + Math.exp(each - largest), 0);
}

const near = (t: Test, found: number, wanted: number, relative: number, words: string) =>
  t.ok(Math.abs(found - wanted) <= relative * wanted, `${words}: ${found}, ${wanted}`);

t.test('by hand', async (t) => {
  near(t, binomialTail(0, 10, 0.1), 0.3486784401, 1e-14, '0.9^10');
  near(t, binomialTail(2, 5, 0.5), 0.5, 1e-15, 'half');
  near(t, binomialTail(1, 3, 0.2), 0.896, 1e-14, '0.512 + 0.384');
  near(t, binomialTail(3, 4, 0.3), 1 - 0.0081, 1e-14, 'all but one outcome');
  t.equal(binomialTail(-1, 5, 0.3), 0);
  t.equal(binomialTail(5, 5, 0.3), 1);
  t.equal(binomialTail(0, 0, 0.3), 1);
});

t.test('against whole numbers', async (t) => {
  for (const [numerator, denominator] of [[1n, 100n], [1n, 50n], [1n, 20n], [1n, 2n], [9n, 10n]] as const) {
    for (const n of [1, 7, 30, 149, 400]) {
      for (const k of new Set([0, 1, 2, 5, Math.floor(n / 10), Math.floor(n / 2), n - 1])) {
        if (k >= n) continue;
        const wanted = exactTail(k, n, numerator, denominator);
        if (wanted > 1e-60) near(t, binomialTail(k, n, Number(numerator) / Number(denominator)), wanted, 2e-12, `k ${k}, n ${n}, p ${numerator}/${denominator}`);
      }
    }
  }
});

t.test('up to a million rows, against independent sums', async (t) => {
  for (const [n, p, ks] of [[10_000, 0.02, [100, 160, 200, 230]], [100_000, 0.01, [900, 1_000, 1_050]], [1_000_000, 0.02, [19_500, 19_800, 20_000, 20_300]]] as const) {
    for (const k of ks) near(t, binomialTail(k, n, p), summedTail(k, n, p), 1e-8, `k ${k}, n ${n}`);
  }
});

t.test('it rises with k and falls with p', async (t) => {
  for (const n of [50, 3_000]) {
    for (let k = 0; k < n; k += Math.ceil(n / 25)) {
      t.ok(binomialTail(k, n, 0.05) <= binomialTail(k + 1, n, 0.05));
      t.ok(binomialTail(k, n, 0.05) >= binomialTail(k, n, 0.06));
    }
  }
});

t.test('the bound is the risk at which the tail meets the level', async (t) => {
  near(t, riskBound(0, 300, 0.05), 1 - 0.05 ** (1 / 300), 1e-12, 'without a failure it has a closed form');
  for (const [k, n] of [[1, 20], [3, 299], [17, 1_500], [200, 10_000]] as const) near(t, binomialTail(k, n, riskBound(k, n, 0.05)), 0.05, 1e-9, `k ${k}, n ${n}`);
  t.equal(riskBound(4, 4, 0.05), 1);
  t.equal(riskBound(0, 0, 0.05), 1);
});

t.test('the fewest rows that can show a risk', async (t) => {
  for (const [risk, level, rows] of [[0.02, 0.05, 149], [0.01, 0.05, 299], [0.05, 0.1, 45], [0.5, 0.5, 1]] as const) {
    t.equal(rowsWithoutFailure(risk, level), rows);
    t.ok(binomialTail(0, rows, risk) <= level && (rows === 1 || binomialTail(0, rows - 1, risk) > level));
  }
});

t.test('failures that are allowed', async (t) => {
  for (const [rows, risk, level] of [[44, 0.05, 0.1], [45, 0.05, 0.1], [300, 0.02, 0.05], [10_000, 0.1, 0.05], [5, 0.5, 0.5]] as const) {
    const allowed = allowedFailures(rows, risk, level);
    t.ok((allowed < 0 || binomialTail(allowed, rows, risk) <= level) && binomialTail(allowed + 1, rows, risk) > level, `${allowed} of ${rows}`);
  }
  t.equal(allowedFailures(0, 0.05, 0.1), -1);
});

t.test('other arguments are refused', async (t) => {
  for (const [k, n, p] of [[1, 2.5, 0.1], [0.5, 2, 0.1], [1, -1, 0.1], [1, 2, 0], [1, 2, 1], [1, 2, NaN]] as const) t.throws(() => binomialTail(k, n, p), RangeError);
});
