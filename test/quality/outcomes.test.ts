import t from 'tap';
import { neighbourMeans } from '../../bench/quality/values/outcome-error-baselines.js';
import { OUTCOME_BASELINES } from '../../bench/quality/values/outcome-baselines.js';
import { diamonds } from '../../bench/quality/values/diamonds.js';
import { outcomeData, valueFailures } from '../../bench/quality/values/outcome-data.js';
import type { OutcomeRows } from '../../bench/quality/values/outcome-rows.js';
import { fitRidge } from '../../bench/quality/values/ridge.js';
import { outcomeReport, summarizeOutcomes } from '../../bench/quality/values/write-outcome-report.js';
import { runOutcomes } from '../../bench/quality/values/run-outcomes.js';
import { outcomeUnitName, type OutcomeUnit } from '../../bench/quality/values/units.js';
import type { OutcomeResult } from '../../bench/quality/values/run-outcome-unit.js';
import { readOptions } from '../../bench/quality/run/options.js';
import { ResultsFile } from '../../bench/quality/run/results-file.js';
import { createRandom } from '../../src/meta/training/random.js';

t.test('diamonds: words of ordered columns are numbers, the price stands apart', (t) => {
  const { rows, width, values, targets } = diamonds();
  t.same([rows, width], [9_000, 9]);
  // 0.33,Ideal,G,VS1,61.4,54,666,4.44,4.48,2.74
  t.same(Array.from(values.subarray(0, 9), (value) => Number(value.toFixed(2))), [0.33, 4, 3, 4, 61.4, 54, 4.44, 4.48, 2.74]);
  t.equal(targets[0], 666);
  t.ok(targets.every((price) => price > 0));
  t.end();
});

t.test('ridge regression', (t) => {
  const line = fitRidge(Float32Array.of(0, 1, 2), 1, Float64Array.of(1, 3, 5), 0);
  t.same(Array.from(line, (value) => Number(value.toFixed(6))), [2, 1]);
  // Slope: sum of x y by (sum of x x + penalty) about the means: 4 / (2 + 2).
  const pulled = fitRidge(Float32Array.of(-1, 0, 1), 1, Float64Array.of(-1, 1, 3), 2);
  t.same(Array.from(pulled, (value) => Number(value.toFixed(6))), [1, 1]);
  t.end();
});

t.test('a failure is an error above 15 % of the prediction', (t) => {
  t.same([...valueFailures(Float32Array.of(100, 100, 100), Float64Array.of(114, 116, 84))], [0, 1, 1]);
  t.end();
});

/** Rows that fail where their first column is large, the more of them the larger. */
function rowsOf(count: number, seed: number): OutcomeRows {
  const random = createRandom(seed);
  const features = Float32Array.from({ length: 2 * count }, () => random.normal());
  const failures = Uint8Array.from({ length: count }, (_, row) => (random.uniform() < 1 / (1 + Math.exp(-4 * features[2 * row]!)) ? 1 : 0));
  return { rows: count, width: 2, features, failures };
}

const ERRORS = ['errors of the nearest rows', 'ridge on the size of the error'];

t.test('means of the nearest rows\' values', (t) => {
  t.same([...neighbourMeans(Int32Array.of(0, 1, 2, 2, 1, 0), 3, 2, Float64Array.of(1, 5, 3))], [3, 4]);
  t.end();
});

t.test('baselines of regressions learn how large errors are, and take wild ones for four tolerances', async (t) => {
  const random = createRandom(4);
  const rows = (count: number): OutcomeRows => {
    const features = Float32Array.from({ length: 2 * count }, () => random.normal());
    const errors = Float32Array.from({ length: count }, (_, row) => (row % 2 === 0 ? 1 : -1) * (1 + features[2 * row]!) * (row % 40 === 0 ? 1e6 : 1));
    return { rows: count, width: 2, features, errors, failures: Uint8Array.from(errors, (error) => (Math.abs(error) > 1 ? 1 : 0)) };
  };
  const [labelled, test] = [rows(400), rows(100)];
  for (const { name, fit } of OUTCOME_BASELINES.filter(({ name }) => ERRORS.includes(name))) {
    const { scores, areProbabilities } = await (await fit(labelled, 1))(test);
    t.notOk(areProbabilities);
    const large = scores.filter((_, row) => test.features[2 * row]! > 0.5);
    const small = scores.filter((_, row) => Math.abs(test.features[2 * row]! + 1) < 0.3);
    const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    t.ok(meanOf(large) > meanOf(small) + 0.5, `${name}: ${meanOf(large)} ${meanOf(small)}`);
    t.ok(scores.every((score) => score < 8), name);
  }
});

t.test('baselines learn where failures gather, and say the failure rate where there is too little', async (t) => {
  const [labelled, test] = [rowsOf(400, 1), rowsOf(300, 2)];
  const few = { ...rowsOf(30, 3), failures: new Uint8Array(30) };
  for (const { name, fit } of OUTCOME_BASELINES) {
    const { scores } = await (await fit(labelled, 1))(test);
    const meanOf = (failed: number): number => {
      const own = scores.filter((_, row) => test.failures[row] === failed);
      return own.reduce((sum, score) => sum + score, 0) / own.length;
    };
    if (name === 'failure rate') t.ok(new Set(scores).size === 1 && Math.abs((scores[0] ?? 0) - 0.5) < 0.1);
    else if (ERRORS.includes(name)) t.equal(new Set(scores).size, 1, `${name} without errors`);
    else if (name !== 'distance to labelled rows') t.ok(meanOf(1) > meanOf(0) + 0.3, name);
    t.same(new Set((await (await fit(few, 1))(test)).scores), new Set([1 / 32]), `${name}, without failures`);
  }
});

t.test('far rows are at a distance', async (t) => {
  const distance = OUTCOME_BASELINES.find(({ name }) => name === 'distance to labelled rows')!;
  const far: OutcomeRows = { rows: 2, width: 2, features: Float32Array.of(0, 0, 4, 4), failures: new Uint8Array(2) };
  const { scores, areProbabilities } = await (await distance.fit(rowsOf(200, 1), 1))(far);
  t.ok((scores[1] ?? 0) > 10 * (scores[0] ?? 0));
  t.notOk(areProbabilities);
});

t.test('rows that trained the model are in neither the stream nor the test; outputs are features', async (t) => {
  const { live, test } = await outcomeData({ setting: { task: 'regression', data: 'diamonds', family: 'features', baseRows: 300 }, seed: 1 });
  t.same([live.rows, test.rows, live.width], [3_000, 4_000, 10]);
  const custom = await outcomeData({ setting: { task: 'custom', data: 'satellite', family: 'net', baseRows: 400 }, seed: 1 });
  t.equal(custom.live.width, 36 + 6);
  const rate = custom.test.failures.reduce((sum, failure) => sum + failure, 0) / custom.test.rows;
  t.ok(rate > 0.1 && rate < 0.2);
});

t.test('a run and its page', async (t) => {
  const out = t.testdir();
  const options = readOptions(['--outcomes', '--seeds', '1', '--only', '^(diamonds/linear-300|satellite/net-400)$', '--sizes', '100', '--jobs', '1', '--out', out]);
  t.equal(await runOutcomes(options), 0);
  const results = new ResultsFile<OutcomeUnit, OutcomeResult>(out, outcomeUnitName).read();
  t.same(results.map(({ unit, cells }) => [outcomeUnitName(unit), cells.map(({ labels }) => labels)]), [['diamonds/linear-300#1', [100]], ['satellite/net-400#1', [100]]]);
  const [, satellite] = summarizeOutcomes(results);
  t.ok((satellite?.own.figures.auroc ?? 0) > 0.7, 'the outputs tell of failures');
  t.match(outcomeReport(results), /\*\*custom\*\*: E-AURC[\s\S]*\| diamonds\/linear-300 \| 100 \|/);
  t.throws(() => outcomeReport([]), /run the benchmark/);
  t.throws(() => readOptions(['--outcomes', '--quick']), /--outcomes/);
});
