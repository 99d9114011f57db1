import t from 'tap';
import { allowedFailures } from '../../src/meta/policy/binomial.js';
import { calibrationTable } from '../../src/meta/policy/calibration-table.js';
import { fixedSequence, sequenceStarts } from '../../src/meta/policy/fixed-sequence.js';
import { moreLabels } from '../../src/meta/policy/more-labels.js';
import { budgetThreshold, tableBudgetThreshold } from '../../src/meta/policy/review-budget.js';
import { riskThreshold } from '../../src/meta/policy/risk-threshold.js';
import { createRandom } from '../../src/meta/training/random.js';
import { selectionWithGuaranteedRisk } from '../support/policy-sgr.js';
import { syntheticWorlds } from '../support/policy-worlds.js';

const TARGET = { targetRisk: 0.05, delta: 0.1 };

/** Rows of failure probabilities that rise evenly from 0 to .1; those of these ranks fail. */
function ranked(rows: number, failing: readonly number[]) {
  const scores = Float64Array.from({ length: rows }, (_, row) => (row + 1) / rows / 10);
  const failures = new Uint8Array(rows);
  for (const rank of failing) failures[rank - 1] = 1;
  return calibrationTable(scores, failures);
}

t.test('where it starts depends on numbers of rows alone', async (t) => {
  const starts = sequenceStarts(ranked(400, []), TARGET);
  t.same(sequenceStarts(ranked(400, [3, 50]), TARGET), starts);
  t.same(starts.map(({ level }) => level.toFixed(3)), ['0.080', '0.020']);
  for (const { index, level } of starts) {
    const rows = index * 2 + 2;
    t.equal(ranked(400, []).accepted[index], rows, 'every second row is a threshold');
    t.ok(allowedFailures(rows, 0.05, level) > allowedFailures(rows - 2, 0.05, level), `${rows} rows allow more than the threshold before`);
  }
  t.same(sequenceStarts(ranked(76, []), TARGET).map(({ level }) => level), [0.1], '77 rows are the fewest for the second: the first has all of delta');
  t.same(sequenceStarts(ranked(44, []), TARGET), []);
});

t.test('one early failure does not end it', async (t) => {
  const found = riskThreshold(ranked(400, [1]), TARGET);
  t.ok((found.coverage ?? 0) > 0.9);
});

t.test('too few rows for any test: refused, and it says how many more', async (t) => {
  // (1 - .05)^45 is the first power under .1.
  t.equal(riskThreshold(ranked(44, []), TARGET).threshold, null);
  t.equal(riskThreshold(ranked(45, []), TARGET).threshold, 0.1, 'without a failure everything seen is accepted');
  const more = riskThreshold(ranked(20, []), TARGET).moreLabels ?? 0;
  t.ok(more >= 25 && more <= 200, `25 would do if none of them failed; half a failure is reckoned with: ${more}`);
  t.equal(riskThreshold(calibrationTable(new Float64Array(0), new Uint8Array(0)), TARGET).moreLabels, 45);
});

t.test('it goes on to the first threshold that fails, and no further', async (t) => {
  const bad = Array.from({ length: 200 }, (_, i) => 201 + i);
  const table = ranked(400, bad);
  // 200 rows without failure, then each fails.
  const { index, level } = fixedSequence(table, TARGET) ?? { index: -1, level: NaN };
  const rows = table.accepted[index] ?? 0;
  t.ok(rows - 200 <= allowedFailures(rows, 0.05, level) && rows - 198 > allowedFailures(rows + 2, 0.05, level), `${rows} accepted`);
  const { riskBound, accepted, failed, moreLabels: more } = riskThreshold(table, TARGET);
  t.ok((riskBound ?? 1) <= 0.05 && (riskBound ?? 0) > failed / accepted);
  t.equal(more, 0);
});

t.test('a sequence that gets to the next start goes on with its share of delta', async (t) => {
  const target = { targetRisk: 0.05, delta: 0.1 };
  const starts = sequenceStarts(ranked(400, []), target);
  const levelOf = (failing: readonly number[]) => fixedSequence(ranked(400, failing), target);
  const rowsOf = ({ index }: { readonly index: number }) => 2 * index + 2;
  t.equal(levelOf([])?.level.toFixed(6), '0.100000');
  const [first, second] = [rowsOf(starts[0]!), rowsOf(starts[1]!)];
  // So many failures at once, just before the second start, that the first sequence ends there; and none after.
  const between = Array.from({ length: allowedFailures(second, 0.05, 0.02) }, (_, i) => first + 4 + i);
  t.ok(between.at(-1)! < second && allowedFailures(first + 4 + between.length, 0.05, 0.08) < between.length);
  t.equal(levelOf(between)?.level.toFixed(6), '0.020000', 'the second sequence has its own share alone');
  // Failures after the second start that pass at .1 and not at .08.
  const last = Array.from({ length: 100 }, (_, i) => 300 + i).find((rows) => rows % 2 === 0 && allowedFailures(rows, 0.05, 0.1) > allowedFailures(rows, 0.05, 0.08));
  const late = Array.from({ length: allowedFailures(last!, 0.05, 0.1) }, (_, i) => last! - i);
  const rest = Array.from({ length: 400 - last! }, (_, i) => last! + 1 + i);
  t.equal(rowsOf(levelOf([...late, ...rest])!), last, 'all of delta is needed there, and there is all of it');
});

t.test('where every rate is above the target, more labels are promised to nobody', async (t) => {
  const table = ranked(1_000, Array.from({ length: 200 }, (_, i) => 1 + 5 * i));
  t.equal(riskThreshold(table, TARGET).threshold, null);
  t.equal(riskThreshold(table, TARGET).moreLabels, null);
});

t.test('with the labels that it asks for, most recalibrations pass', async (t) => {
  const world = syntheticWorlds()[1];
  if (world === undefined) throw new Error('no world');
  const target = { targetRisk: 0.02, delta: 0.05 };
  const random = createRandom(11);
  const [asked, passed] = [[] as number[], [] as boolean[]];
  for (let run = 0; run < 60; run++) {
    const { scores, failures } = world.draw(400, random);
    const table = calibrationTable(scores, failures);
    const more = moreLabels(table, target);
    if (fixedSequence(table, target) !== null || more === null) continue;
    asked.push(more);
    const again = world.draw(400 + more, random);
    passed.push(fixedSequence(calibrationTable(again.scores, again.failures), target) !== null);
  }
  const share = passed.filter(Boolean).length / passed.length;
  t.ok(passed.length >= 20 && share >= 0.5, `${share} of ${passed.length}; asked for ${asked.join()}`);
});

t.test('a review budget takes the riskiest, and equal ones together', async (t) => {
  const scores = Float64Array.from({ length: 100 }, (_, row) => ((row * 37) % 100) / 100);
  t.equal(budgetThreshold(scores, 0.05), 0.94);
  t.equal(budgetThreshold(scores, 0.3), 0.69);
  t.equal(budgetThreshold(Float64Array.of(0.1, 0.5, 0.5, 0.5), 0.5), 0.5, 'all three or none, and none fits');
  t.equal(budgetThreshold(new Float64Array(0), 0.5), null);
  const table = calibrationTable(scores, new Uint8Array(100));
  const threshold = tableBudgetThreshold(table, 0.05) ?? NaN;
  t.equal(scores.filter((score) => score > threshold).length, 5);
});

t.test('the comparison: selection with guaranteed risk', async (t) => {
  t.equal(selectionWithGuaranteedRisk(new Uint8Array(1_000), 0.05, 0.1), 1_000);
  t.equal(selectionWithGuaranteedRisk(new Uint8Array(1_000).fill(1), 0.05, 0.1), 0);
  const half = Uint8Array.from({ length: 1_000 }, (_, row) => (row < 500 ? 0 : 1));
  const accepted = selectionWithGuaranteedRisk(half, 0.05, 0.1);
  t.ok(accepted >= 490 && accepted <= 520, String(accepted));
});
