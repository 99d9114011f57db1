import fc from 'fast-check';
import t from 'tap';
import { calibrationRows, rowsToStandAlone } from '../../src/meta/policy/calibration-rows.js';
import { calibrationTable, EMPTY_TABLE, TABLE_POINTS, withRows, type CalibrationTable } from '../../src/meta/policy/calibration-table.js';
import { createRandom } from '../../src/meta/training/random.js';

/** Failure probabilities of a few values, so that there are ties. */
function rows(count: number, seed: number, values = 1e9) {
  const random = createRandom(seed);
  const scores = Float64Array.from({ length: count }, () => random.int(values) / values);
  return { scores, failures: Uint8Array.from(scores, (score) => (random.uniform() < score ? 1 : 0)) };
}

function countedAt(table: CalibrationTable, { scores, failures }: ReturnType<typeof rows>): number[][] {
  return table.thresholds.map((threshold) => {
    const kept = [...scores.keys()].filter((row) => (scores[row] ?? 0) <= threshold);
    return [kept.length, kept.reduce((sum, row) => sum + (failures[row] ?? 0), 0)];
  });
}

const counts = ({ thresholds, accepted, failed }: CalibrationTable) => thresholds.map((_, i) => [accepted[i], failed[i]]);

t.test('by hand, with ties', async (t) => {
  const table = calibrationTable(Float64Array.of(0.2, 0.1, 0.2, 0.4, 0.4), Uint8Array.of(1, 0, 0, 1, 1));
  t.same(table.accepted, [1, 3, 5], 'rows of equal failure probability go together');
  t.same(table.failed, [0, 1, 3]);
  t.same(table.thresholds, [0.1, 0.2, 0.4], 'nothing above what was seen');
  t.same(calibrationTable(new Float64Array(0), new Uint8Array(0)), EMPTY_TABLE);
});

t.test('any rows: each threshold accepts what it says, also when more rows are added', async (t) => {
  fc.assert(fc.property(fc.nat(600), fc.nat(600), fc.nat(1_000), fc.constantFrom(2, 7, 100, 1e9), (many, further, seed, values) => {
    const [first, second] = [rows(many, seed, values), rows(further, seed + 1, values)];
    const table = calibrationTable(first.scores, first.failures);
    const both = { scores: Float64Array.of(...first.scores, ...second.scores), failures: Uint8Array.of(...first.failures, ...second.failures) };
    t.same(counts(table), countedAt(table, first));
    t.same(counts(withRows(table, second.scores, second.failures)), countedAt(table, both));
    t.ok(table.thresholds.every((threshold, i) => i === 0 || threshold > (table.thresholds[i - 1] ?? 1)));
    t.ok(table.thresholds.length <= TABLE_POINTS);
    if (many > 0) t.equal(table.accepted.at(-1), many);
  }), { numRuns: 40 });
});

t.test('outcomes have no say in the thresholds', async (t) => {
  const { scores, failures } = rows(1_000, 5);
  const other = calibrationTable(scores, failures.map((failure) => 1 - failure));
  t.same(other.thresholds, calibrationTable(scores, failures).thresholds);
});

t.test('it comes back from JSON as it was', async (t) => {
  const { scores, failures } = rows(5_000, 6);
  const table = calibrationTable(scores, failures);
  const text = JSON.stringify(table);
  t.same(JSON.parse(text), table);
  t.ok(text.length < 8_192, `${text.length} bytes`);
});

t.test('served rows join those of the training, and replace them when there are enough', async (t) => {
  const target = { targetRisk: 0.05, delta: 0.1 };
  const alone = rowsToStandAlone(target);
  t.equal(alone, 25 * 45);
  t.equal(rowsToStandAlone({ targetRisk: 0.001, delta: 0.05 }), 5_000);
  const own = rows(400, 7);
  const training = calibrationTable(own.scores, own.failures);
  const basis = (served: number, table: CalibrationTable | null) => {
    const found = calibrationRows(rows(served, 8), table, target);
    return [found.basis, found.table.rows];
  };
  t.same(basis(0, null), ['none', 0]);
  t.same(basis(0, training), ['training', 400]);
  t.same(basis(50, training), ['served_and_training', 450]);
  t.same(basis(alone - 1, training), ['served_and_training', alone + 399]);
  t.same(basis(alone, training), ['served', alone]);
  t.same(basis(50, null), ['served', 50]);
});
