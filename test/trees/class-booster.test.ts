import t from 'tap';
import { binColumns } from '../../src/meta/trees/bins.js';
import { ClassBooster } from '../../src/meta/trees/class-booster.js';
import { classLogs } from '../../src/meta/trees/class-trees.js';

const ROWS = 30;
const thirds = Array.from({ length: ROWS }, (_, i) => Math.floor(i / 10));
const bins = binColumns({ rows: ROWS, width: 1, stride: 1, data: Float32Array.from(thirds) });
const close = (a: ArrayLike<number>, b: readonly number[]) => b.every((value, i) => Math.abs(a[i]! - value) < 1e-9);

t.test('two classes: the first round by hand', async (t) => {
  const labels = Int32Array.from(thirds, (third) => (third === 2 ? 1 : 0));
  const booster = new ClassBooster({ bins, classes: 2, labels, heldOut: null, start: Float64Array.of(0) });
  t.equal(booster.round().length, 1);
  // p = 1/2: gradients +-1/2, curvatures 1/4, a tenth of -sum g / (sum h + 1).
  t.ok(close([booster.logits[0]!, booster.logits[29]!], [-0.1 * 10 / 6, 0.1 * 5 / 3.5]));
});

t.test('three classes: a tree for each, and steps half as long again', async (t) => {
  const booster = new ClassBooster({ bins, classes: 3, labels: Int32Array.from(thirds), heldOut: null, start: Float64Array.of(0, 0, 0) });
  t.equal(booster.round().length, 3);
  // p = 1/3, K / (K - 1) p (1 - p) = 1/3. Class 0: ten rows of -2/3, then ten and ten of 1/3, which nothing tells apart.
  t.ok(close([booster.logits[0]!, booster.logits[30]!, booster.logits[60]!], [0.1 * (20 / 3) / (10 / 3 + 1), -0.1 * (20 / 3) / (20 / 3 + 1), -0.1 * (20 / 3) / (20 / 3 + 1)]));
});

t.test('rows that are held out or have no class teach nothing, and are told what the others say', async (t) => {
  const labels = Int32Array.from(thirds);
  const heldOut = Int32Array.of(0, 10, 20);
  const logitsOf = (own: Int32Array) => {
    const booster = new ClassBooster({ bins, classes: 3, labels: own, heldOut, start: Float64Array.of(0, 0, 0) });
    for (let round = 0; round < 8; round++) booster.round();
    return booster.logits;
  };
  const logits = logitsOf(labels);
  t.same(logitsOf(labels.map((label, i) => (heldOut.includes(i) ? (label + 1) % 3 : label))), logits, 'another label of theirs changes nothing');
  t.same([...logits.subarray(0, 3)], [...logits.subarray(3, 6)], 'as a row with the same inputs');
  const unknown = labels.map((label, i) => (i === 1 ? -1 : label));
  t.same(logitsOf(unknown.map((label, i) => (i === 0 ? -1 : label))), logitsOf(unknown));
});

t.test('logarithms of the class probabilities', async (t) => {
  t.ok(close(classLogs(Float64Array.of(0, Math.log(3)), 2), [Math.log(0.5), Math.log(0.5), Math.log(0.25), Math.log(0.75)].map(Math.fround)));
  t.ok(close(classLogs(Float64Array.of(1000, 1000, -1000), 3), [Math.log(0.5), Math.log(0.5)].map(Math.fround)));
});
