import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { emitPoints } from '../../src/meta/experts/distance-metric.js';
import { learnDirections } from '../../src/meta/fit/directions.js';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { metricOf, pointsOf } from '../../src/meta/fit/fit-metric.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import { createRandom } from '../../src/meta/training/random.js';
import { serve } from '../support/experts-graph.js';
import { syntheticWindow } from '../support/experts-synthetic.js';

const WIDTH = 4;

/** Inputs of one spread, of which the base model's two classes follow the first alone. */
function baseRows(rows: number, seed: number) {
  const random = createRandom(seed);
  const inputs = Float32Array.from({ length: rows * WIDTH }, () => random.normal());
  const logs = new Float32Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    const first = 1 / (1 + Math.exp(-4 * inputs[row * WIDTH]!));
    logs.set([Math.log(first), Math.log(1 - first)], row * 2);
  }
  return { rows, transformed: { width: WIDTH, data: inputs }, logProbabilities: { width: 2, data: logs } };
}

t.test('learnt are the directions in which the base model changes, from its outputs alone', async (t) => {
  const { products, width } = (await learnDirections(baseRows(800, 1), {}))!;
  t.equal(width, WIDTH);
  const diagonal = [0, 1, 2, 3].map((j) => products[j * WIDTH + j]!);
  t.ok(diagonal[0]! > 20 * Math.max(...diagonal.slice(1)), diagonal.join(' '));
  t.equal(await learnDirections(baseRows(499, 1), {}), null, 'under 500 rows');
});

t.test('a metric blends plain and learned distances, and its first columns vary most', async (t) => {
  const products = Float64Array.of(4, 1, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
  const covariance = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1);
  const { transformed: { data } } = baseRows(300, 2);
  for (const share of [0, 0.5, 1]) {
    const metric = metricOf({ width: WIDTH, products, covariance }, share)!;
    t.equal(metric.share, share);
    const points = await pointsOf({ width: WIDTH, data }, metric, {});
    const squared = (values: Float32Array, a: number, b: number, weight: (i: number, j: number) => number) => {
      const difference = Array.from({ length: WIDTH }, (_, j) => values[a * WIDTH + j]! - values[b * WIDTH + j]!);
      return difference.reduce((sum, x, i) => sum + difference.reduce((inner, y, j) => inner + x * y * weight(i, j), 0), 0);
    };
    const plain = (i: number, j: number) => (i === j ? 1 : 0);
    const blended = (i: number, j: number) => (1 - share) * plain(i, j) + (share * products[i * WIDTH + j]!) / 2;
    const ratios = [[0, 1], [5, 90], [17, 230], [44, 45]].map(([a, b]) => squared(points.data, a!, b!, plain) / squared(data, a!, b!, blended));
    for (const ratio of ratios) t.ok(Math.abs(ratio / ratios[0]! - 1) < 1e-3, `share ${share}: one factor for all pairs, ${ratios.join(' ')}`);
  }
  const { projection } = metricOf({ width: WIDTH, products, covariance }, 0)!;
  const variance = [0, 1, 2, 3].map((c) => [0, 1, 2, 3].reduce((sum, j) => sum + projection[j * WIDTH + c]! ** 2 * covariance[j * WIDTH + j]!, 0));
  t.ok(Math.abs(variance[0]! - 1) < 1e-6 && variance.every((value, c) => c === 0 || value <= variance[c - 1]! + 1e-6), variance.join(' '));
  t.equal(metricOf({ width: WIDTH, products: new Float64Array(16), covariance }, 1), null, 'a base model that changes nowhere');
});

t.test('without a metric the rows lie where their inputs are', async (t) => {
  const set = { width: 2, data: Float32Array.of(1, 2, 3, 4) };
  t.equal(await pointsOf(set, null, {}), set);
  const graph = createGraphBuilder();
  const input = graph.input('x', 'float32', ['rows', 2]);
  t.equal(emitPoints(graph, input, null), input);
});

/** A window some of whose inputs, as many as said, are noise that no class follows. */
function withNoise(noise: number) {
  const { window, behaviour } = syntheticWindow({ rows: 3000, inputWidth: 4, classes: 4, seed: 8, separation: 2, seen: 3 });
  const random = createRandom(4);
  const inputWidth = 4 + noise;
  const width = inputWidth + 4;
  const features = new Float32Array(window.rows * width);
  for (let row = 0; row < window.rows; row++) {
    const own = window.features.subarray(row * window.width, (row + 1) * window.width);
    features.set(own.subarray(0, 4), row * width);
    for (let j = 0; j < noise; j++) features[row * width + 4 + j] = random.normal();
    features.set(own.subarray(4), row * width + inputWidth);
  }
  return { window: { ...window, inputWidth, width, features }, behaviour };
}

t.test('learned distances are taken where they tell failures better, and what is served measures by them too', async (t) => {
  const noisy = withNoise(12);
  const labelled = sliceWindow(noisy.window, 0, 800);
  const later = sliceWindow(noisy.window, 800, 3000);
  const fitted = await fitMetaModel(labelled, { behaviour: noisy.behaviour, seed: 1, maxStoredRows: 10_000, unlabelled: null });
  t.ok(fitted.diagnostics.learnedShare > 0);
  const { brier } = summarize(Float64Array.from(await serve(fitted.onnx, later.features, later.width)), later.failures);
  const outOfFold = summarize(fitted.outOfFold, labelled.failures).brier!;
  t.ok(Math.abs(Math.log(outOfFold / brier!)) < 0.15, `Brier ${outOfFold} out of fold, ${brier} on later rows`);
  const few = await fitMetaModel(sliceWindow(noisy.window, 0, 300), { behaviour: noisy.behaviour, seed: 1, maxStoredRows: 10_000, unlabelled: null });
  t.equal(few.diagnostics.learnedShare, 0, 'too few rows to learn directions from');
});
