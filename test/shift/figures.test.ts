import t from 'tap';
import { createRandom } from '../../src/meta/training/random.js';
import { eceByChance, eceOf, isWithin, withinByChance } from '../../bench/shift/figures/by-chance.js';
import { daysOf, judgePeriod, withoutOffset } from '../../bench/shift/figures/judge-period.js';

t.test('within 10 % of the observed failures', async (t) => {
  t.same([isWithin(110, 100), isWithin(90, 100), isWithin(111, 100), isWithin(89, 100), isWithin(0, 0), isWithin(1, 0)], [true, true, false, false, true, false]);
});

t.test('the share by chance follows the number of failures', async (t) => {
  const of = (p: number, rows: number): number => withinByChance(new Float64Array(rows).fill(p), createRandom(1));
  t.equal(of(1, 100), 1, 'certain failures are met');
  // 1,000 rows of .2: 200 failures with a deviation of 12.65; from 182 to 222 are within: -1.46 to 1.78 deviations, .891 of all days.
  t.ok(Math.abs(of(0.2, 1000) - 0.891) < 0.03);
  t.ok(of(0.02, 1000) < 0.5, 'twenty failures a day say little');
});

t.test('the offset is taken from the logits again', async (t) => {
  const [half, other] = withoutOffset(Float64Array.of(1 / (1 + Math.exp(-0.5)), 1 / (1 + Math.exp(1))), 0.5);
  t.ok(Math.abs((half ?? 0) - 0.5) < 1e-12);
  t.ok(Math.abs((other ?? 0) - 1 / (1 + Math.exp(1.5))) < 1e-12);
  t.same([...withoutOffset(Float64Array.of(0, 1), 0.3)], [0, 1]);
});

/** 2,500 predictions: the first thousand fails at every tenth, the others never. */
function stream(): { readonly scores: Record<'metaerr' | 'withoutOffset' | 'platt' | 'confidence', Float64Array>; readonly failures: Uint8Array } {
  const filled = (p: number): Float64Array => new Float64Array(2500).fill(p);
  const failures = Uint8Array.from({ length: 2500 }, (_, row) => (row < 1000 && row % 10 === 0 ? 1 : 0));
  return { failures, scores: { metaerr: filled(0.1), withoutOffset: filled(0.2), platt: filled(0.05), confidence: filled(0.5) } };
}

t.test('days of 1,000 predictions, the last one shorter', async (t) => {
  const { scores, failures } = stream();
  const days = daysOf(scores, failures, createRandom(1));
  t.same(days.map(({ rows, observed }) => [rows, observed]), [[1000, 100], [1000, 0], [500, 0]]);
  const [first, , last] = days;
  t.same(Object.values(first!.expected).map(Math.round), [100, 200, 50, 500]);
  t.same([first!.variance, last!.variance].map(Math.round), [90, 45]);
});

t.test('Brier score and ECE over the whole period, and the ECE of right probabilities', async (t) => {
  const { scores, failures } = stream();
  const { brier, ece, eceByChance: chance } = judgePeriod(scores, failures, createRandom(1));
  // 100 of 2,500 failed: .04 x .9^2 + .96 x .1^2; one score, so one group: |.1 - .04|.
  t.ok(Math.abs(brier.metaerr - 0.042) < 1e-9 && Math.abs(brier.confidence - 0.25) < 1e-9);
  t.ok(Math.abs(ece.metaerr - 0.06) < 1e-9 && Math.abs(ece.confidence - 0.46) < 1e-9);
  // Mean distance of a rate from .1 with a deviation of .006.
  t.ok(chance > 0.003 && chance < 0.007);
  const ramp = Float64Array.from({ length: 1000 }, (_, row) => row / 1000);
  const byChance = eceByChance(ramp, createRandom(2));
  t.ok(byChance > 0.02 && byChance < 0.06, 'a thousand rows alone make an ECE of more than .02');
  t.ok(eceOf(ramp, Uint8Array.from(ramp, () => 0)) > 0.4);
});
