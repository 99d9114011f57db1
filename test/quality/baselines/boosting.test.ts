import t from 'tap';
import { MOST_BINS, binColumns } from '../../../src/meta/trees/bins.js';
import { growTree } from '../../../src/meta/trees/tree.js';
import { boostTrees, boostedModel } from '../../../bench/quality/baselines/boosting.js';
import { createRandom } from '../../../src/meta/training/random.js';
import { near } from './rows.js';

const column = (...values: number[]) => ({ rows: values.length, width: 1, stride: 1, data: Float32Array.from(values) });

t.test('borders lie between distinct values', async (t) => {
  const { codes, borders } = binColumns(column(5, 1, 1, 2, 5));
  t.same([...borders.subarray(0, 3)], [1.5, 3.5, Infinity]);
  t.same([...codes], [2, 0, 0, 1, 2]);
});

t.test('many values are put into bins of equal size, and values next to each other are kept apart', async (t) => {
  const { codes } = binColumns(column(...Array.from({ length: 320 }, (_, i) => i)));
  for (let bin = 0; bin < MOST_BINS; bin++) t.equal(codes.filter((code) => code === bin).length, 10);
  const next = Math.fround(1 + 2 ** -23);
  t.same([...binColumns(column(1, next)).codes], [0, 1]);
});

t.test('a tree by hand', async (t) => {
  const bins = binColumns(column(0, 0, 0, 0, 1, 1, 1, 1));
  const gradients = Float64Array.of(1, 1, 1, 1, -1, -1, -1, -0.5);
  const leaves = new Uint8Array(8);
  const tree = growTree(bins, { gradients, curvatures: new Float64Array(8).fill(0.5) }, leaves);
  t.equal(tree.columns[0], 0);
  t.equal(tree.borders[0], 0.5);
  // Nothing is left to split: all rows of a side end in its first leaf, -sum g / (sum h + 1).
  t.same([...leaves], [0, 0, 0, 0, 4, 4, 4, 4]);
  t.ok(near(tree.values, [-4 / 3, 0, 0, 0, 3.5 / 3, 0, 0, 0]));
});

t.test('the first tree of a boosted model by hand', async (t) => {
  const points = column(...Array.from({ length: 20 }, (_, i) => Number(i >= 10)));
  const failures = Uint8Array.from({ length: 20 }, (_, i) => Number(i >= 10));
  const logits = boostedModel(boostTrees(points, failures, 1), 1)(points);
  // Base logit 0, p = 1/2: each side has gradient +-5 and curvature 2.5; a tenth of 5 / 3.5.
  t.ok(near([logits[0]!, logits[19]!], [-0.1 * 5 / 3.5, 0.1 * 5 / 3.5]));
});

t.test('an interaction is learned, and fewer trees are a prefix', async (t) => {
  const random = createRandom(11);
  const rows = 600;
  const data = Float32Array.from({ length: rows * 2 }, () => random.normal());
  const failures = Uint8Array.from({ length: rows }, (_, i) => Number(data[2 * i]! * data[2 * i + 1]! > 0));
  const points = { rows, width: 2, data };
  const boosted = boostTrees(points, failures, 60);
  const logits = boostedModel(boosted, 60)(points);
  const right = failures.filter((failure, i) => Number(logits[i]! > 0) === failure).length;
  t.ok(right > 0.95 * rows, `${right} of ${rows}`);
  t.same(boostedModel(boosted, 7)(points), boostedModel(boostTrees(points, failures, 7), 7)(points));
});

t.test('one outcome and columns that never vary stay finite', async (t) => {
  const points = column(3, 3, 3, 3);
  const logits = boostedModel(boostTrees(points, new Uint8Array(4), 5), 5)(points);
  t.ok(logits.every((z) => Number.isFinite(z) && z < 0));
});
