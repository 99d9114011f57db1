import t from 'tap';
import { failureShares, nearestFailures } from '../../../bench/quality/baselines/nearest-failures.js';
import { nearestRows } from '../../../bench/quality/baselines/nearest-rows.js';
import { plattScaledMsp } from '../../../bench/quality/baselines/platt.js';
import { auroc } from '../../../src/meta/evaluation/ranking.js';
import { tieGroups } from '../../../src/meta/evaluation/tie-groups.js';
import { firstRows, near, readableRows, scoresOf } from './rows.js';

const line = (...values: number[]) => ({ rows: values.length, width: 1, data: Float32Array.from(values) });

t.test('the nearest rows in order, the lower index first among equals', async (t) => {
  const stored = line(0, 2, 2, 5, -1);
  t.same([...await nearestRows(line(1, 5), stored, 3, false)], [0, 1, 2, 3, 1, 2]);
  // Each row but itself: from 0 it is 1 to -1; from 2 the other 2; from 5 a 2; from -1 it is 1 to 0.
  t.same([...await nearestRows(stored, stored, 1, true)], [4, 2, 1, 1, 0]);
});

t.test('shares of failures with the rate as one more neighbour', async (t) => {
  const nearest = Int32Array.of(0, 1, 2, 3, 2, 1);
  const failures = Uint8Array.of(1, 1, 0, 0);
  t.ok(near(failureShares(nearest, 3, 2, failures, 0.25), [(2 + 0.25) / 3, (0 + 0.25) / 3]));
  t.ok(near(failureShares(nearest, 3, 3, failures, 0.25), [(2 + 0.25) / 4, (1 + 0.25) / 4]));
});

t.test('inputs that tell failures are read', async (t) => {
  const given = readableRows(400, 3);
  const queries = readableRows(200, 4);
  const scores = Float64Array.from(await scoresOf(nearestFailures, given, queries));
  t.ok(auroc(tieGroups(scores, queries.failures))! > 0.97);
  t.ok(scores.every((p) => p > 0 && p < 1));
});

t.test('Platt-scaled MSP with one outcome, without labels, without inputs', async (t) => {
  const all = readableRows(30, 5);
  const right = readableRows(30, 5, () => false);
  for (const given of [firstRows(all, 0), right, { ...all, inputs: new Float32Array(60) }]) {
    t.same(await scoresOf(nearestFailures, given, all), await scoresOf(plattScaledMsp, given, all));
  }
});

t.test('two labelled rows are enough for a neighbour', async (t) => {
  const all = readableRows(30, 5);
  const failed = all.failures.indexOf(1);
  const two = firstRows({ ...all, failures: Uint8Array.of(1, 0) }, 2);
  t.ok(failed >= 0 && (await scoresOf(nearestFailures, two, all)).every(Number.isFinite));
});
