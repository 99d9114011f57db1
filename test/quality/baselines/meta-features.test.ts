import t from 'tap';
import { fitMetaFeatures, sortedWithMargin } from '../../../bench/quality/baselines/meta-features.js';
import { chooseFromPath, type FailureModel, type FitPath } from '../../../bench/quality/baselines/model-path.js';
import { uq360Boosting, uq360Logistic } from '../../../bench/quality/baselines/uq360.js';
import { plattScaledMsp } from '../../../bench/quality/baselines/platt.js';
import { auroc } from '../../../src/meta/evaluation/ranking.js';
import { tieGroups } from '../../../src/meta/evaluation/tie-groups.js';
import { firstRows, near, readableRows, rowsOf, scoresOf } from './rows.js';

t.test('sorted probabilities and margin', async (t) => {
  t.ok(near(sortedWithMargin(rowsOf([[0.2, 0.7, 0.1], [0.5, 0.25, 0.25]])), [0.1, 0.2, 0.7, 0.5, 0.25, 0.25, 0.5, 0.25], 1e-6));
});

t.test('inputs come first, then outputs; without inputs only the outputs', async (t) => {
  const all = readableRows(50, 1);
  const both = await fitMetaFeatures(all)!(all);
  t.equal(both.width, 2 + 4);
  const bare = { ...all, inputWidth: 0, inputs: new Float32Array(0) };
  const outputs = await fitMetaFeatures(bare)!(bare);
  t.equal(outputs.width, 4);
  t.same(both.data.subarray(2, 6), outputs.data.subarray(0, 4));
  t.equal(fitMetaFeatures(firstRows(all, 0)), null);
});

const constant: FailureModel = ({ rows }) => new Float64Array(rows);
const threshold = (logit: number): FailureModel => ({ rows, width, data }) =>
  Float64Array.from({ length: rows }, (_, i) => (data[i * width]! > 0.8 ? logit : -logit));

t.test('the setting of the least held-out log loss is refitted on all rows', async (t) => {
  const given = readableRows(60, 2);
  const points = { rows: 60, width: 2, data: given.inputs };
  const sizes: number[] = [];
  // The failures are exactly those beyond the threshold: 9 is surer of it than 1, and -1 is wrong.
  const path: FitPath = ({ rows }) => {
    sizes.push(rows);
    return [1, 9, -1].map(threshold);
  };
  t.same(chooseFromPath(points, given.failures, path, 1)!(points), threshold(9)(points));
  t.same(sizes, [60, 48, 48, 48, 48, 48]);
});

t.test('a model that ranks nothing is not chosen, even if it has the least log loss', async (t) => {
  const given = readableRows(60, 2);
  const points = { rows: 60, width: 2, data: given.inputs };
  t.same(chooseFromPath(points, given.failures, () => [constant, threshold(-1)], 1)!(points), threshold(-1)(points));
  t.equal(chooseFromPath(points, given.failures, () => [constant, constant], 1), null);
});

t.test('inputs that tell failures are read', async (t) => {
  const given = readableRows(400, 3);
  const queries = readableRows(200, 4);
  for (const baseline of [uq360Logistic, uq360Boosting]) {
    const scores = Float64Array.from(await scoresOf(baseline, given, queries));
    t.ok(auroc(tieGroups(scores, queries.failures))! > 0.97, baseline.name);
  }
});

t.test('Platt-scaled MSP below five rows of either outcome', async (t) => {
  const all = readableRows(40, 5);
  const few = firstRows({ ...all, failures: all.failures.map((_, i) => Number(i < 4)) }, 40);
  for (const baseline of [uq360Logistic, uq360Boosting]) {
    for (const given of [few, firstRows(all, 0)]) t.same(await scoresOf(baseline, given, all), await scoresOf(plattScaledMsp, given, all), baseline.name);
  }
});
