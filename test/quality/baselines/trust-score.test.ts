import t from 'tap';
import { exactSquaredDistance, squaredDistances, type Points } from '../../../bench/quality/baselines/distances.js';
import { maximumSoftmaxProbability } from '../../../bench/quality/baselines/label-free.js';
import { trustScore, trustScores } from '../../../bench/quality/baselines/trust-score.js';
import { firstRows, labelled, near, readableRows, rowsOf, scoresOf } from './rows.js';

function pointsOf(points: readonly (readonly number[])[]): Points {
  return { rows: points.length, width: points[0]?.length ?? 0, data: Float32Array.from(points.flat()) };
}

t.test('squared distances by matrix product', async (t) => {
  const queries = pointsOf([[0, 0], [1, 2]]);
  const stored = pointsOf([[3, 4], [0, 1], [1, 2]]);
  const blocks = [];
  for await (const block of squaredDistances(queries, stored)) blocks.push(block);
  t.equal(blocks.length, 1);
  t.ok(near(blocks[0]!.squared, [25, 1, 5, 8, 2, 0], 1e-5));
  t.equal(exactSquaredDistance(queries, 1, stored, 0), 8);
});

t.test('many queries come in blocks, in order', async (t) => {
  const queries = pointsOf(Array.from({ length: 3000 }, (_, i) => [i % 7]));
  const stored = pointsOf(Array.from({ length: 2000 }, () => [1]));
  let next = 0;
  for await (const { start, queries: count, squared } of squaredDistances(queries, stored)) {
    t.equal(start, next);
    t.equal(squared.length, count * 2000);
    t.equal(squared[0], (start % 7 - 1) ** 2);
    next += count;
  }
  t.equal(next, 3000);
});

t.test('the ratio of the nearest distances, by hand', async (t) => {
  const stored = pointsOf([[0, 0], [0, 3], [4, 0]]);
  const labels = Int32Array.of(0, 1, 1);
  const query = pointsOf([[0, 1], [0, 1], [2, 0]]);
  // Distances 1 to class 0; 2 to class 1. As class 0: ln(1/2); as class 1: ln(2/1). The third is 2 from both.
  t.ok(near(await trustScores(query, Int32Array.of(0, 1, 0), stored, labels), [-Math.log(2), Math.log(2), 0], 1e-6));
});

t.test('a class without a stored row is undecided; coincident points are finite', async (t) => {
  const stored = pointsOf([[0, 0], [1, 0], [0, 0]]);
  const scores = await trustScores(pointsOf([[5, 5], [0, 0], [1, 0]]), Int32Array.of(2, 0, 1), stored, Int32Array.of(0, 1, 1));
  // The second lies on a row of either class; the third on one of its own, 1 away from class 0.
  t.ok(near(scores, [0, 0, Math.log(1e-12)], 1e-6));
});

t.test('inputs are scaled, and constant columns do not count', async (t) => {
  // Two well separated classes on the first input, whose scale is tiny; the second never varies but is off in the queries.
  const inputs = Array.from({ length: 12 }, (_, i) => [(i % 2) * 1e-3 + i * 1e-6, 7]);
  const given = labelled(rowsOf(inputs.map(() => [0.6, 0.4]), { inputs }), inputs.map((_, i) => i % 2));
  const queries = rowsOf([[0.6, 0.4], [0.6, 0.4]], { inputs: [[0, 7], [1e-3, 1e6]] });
  const [near0, near1] = await scoresOf(trustScore, given, queries);
  t.ok(near0! < -1 && near1! > 1);
});

t.test('MSP without labels, without a second class and without inputs', async (t) => {
  const all = readableRows(20, 1);
  const msp = await scoresOf(maximumSoftmaxProbability, all, all);
  const withoutInputs = { ...all, inputWidth: 0, inputs: new Float32Array(0) };
  for (const given of [firstRows(all, 0), firstRows(all, 1), withoutInputs, { ...all, truths: new Int32Array(20) }]) {
    t.same(await scoresOf(trustScore, given, { ...all, inputWidth: given.inputWidth, inputs: given.inputWidth === 0 ? given.inputs : all.inputs }), msp);
  }
});
