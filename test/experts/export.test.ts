import t from 'tap';
import { exportMetaModel } from '../../src/meta/fit/export.js';
import type { MetaModelParameters } from '../../src/meta/fit/types.js';
import { createRandom } from '../../src/meta/training/random.js';
import { serve } from '../support/experts-graph.js';
import { randomParameters } from '../support/experts-parameters.js';
import { plainBehaviour, plainFailureLogit, plainKernel, plainNeighbours, plainNet, plainNormalScores, plainPoint, plainStandardized, plainTrees, plainTrust } from '../support/experts-plain.js';
import type { Standardizer } from '../../src/meta/experts/standardizer.js';

const dot = (weights: ArrayLike<number>, values: readonly number[]) => values.reduce((sum, value, j) => sum + value * weights[j]!, 0);
const std = (values: readonly number[], s: Standardizer) => plainStandardized(values, s.kept, s.mean, s.scale);

/** The whole recipe for one row, in float64. */
function plainProbability({ form, anchor, recipe }: MetaModelParameters, row: readonly number[]): number {
  if (recipe === null || recipe.transform.kind !== 'standardized' || recipe.store === null || recipe.nets === null) throw new Error('unexpected parameters');
  const { evidence, store, nets } = recipe;
  const behaviour = plainBehaviour(row.slice(form.inputWidth));
  const { standardizer, ordered } = recipe.transform;
  const own = std(row.slice(0, form.inputWidth), standardizer);
  const xi = ordered === null ? own : [...own.map((value, j) => value * ordered.weights[j]!), ...plainNormalScores(row, ordered.scores)];
  const at = plainPoint(xi, recipe.metric);
  const points = Array.from({ length: store.size }, (_, i) => [...store.points.subarray(3 * i, 3 * i + 3)]);
  const labels = [...store.counts].flatMap((count, k) => Array.from({ length: count }, () => k));
  const { affinities, spread } = plainNeighbours(at, points, labels, form.references, { signs: store.signs });
  const figures = std(behaviour.figures, evidence.figures!);
  const far = std([spread], evidence.spread);
  const centred = std(behaviour.centred, evidence.centred!);
  const indicators = behaviour.logs.map((_, k) => (k === behaviour.predicted ? 1 : 0));
  const members = [0, 1];
  let columns: { score: number; lr: number[]; so: (nn: number) => number };
  if (form.kind === 'classes') {
    const pool = behaviour.logs.map((value, k) => evidence.pool!.logProbability * value + evidence.pool!.affinity * affinities[k]!);
    const score = plainFailureLogit(pool, behaviour.predicted);
    const inputs = [...centred, ...xi, ...std(affinities, evidence.affinities).map((u) => 0.5 * u)];
    const trust = std([plainTrust(affinities, behaviour.predicted)], evidence.contrast);
    columns = {
      score, lr: [1, behaviour.anchor, score, ...figures, ...trust, ...far, ...indicators],
      so: () => members.reduce((sum, m) => sum + plainFailureLogit(plainNet(inputs, nets, m).map((value, k) => value + pool[k]!), behaviour.predicted), 0) / 2,
    };
  } else {
    const difference = affinities[1]! - affinities[0]!;
    const inputs = [...centred, ...indicators, ...figures, ...far, difference, ...xi];
    columns = {
      score: difference, lr: [1, behaviour.anchor, ...figures, ...far, ...indicators],
      so: (nn) => members.reduce((sum, m) => sum + Math.min(16, Math.max(-16, nn + plainNet(inputs, nets, m)[0]!)), 0) / 2,
    };
  }
  const kernels = recipe.kernels.map(({ opinion: { classifier, pool }, linear }) => {
    const { kind, scale, shares } = classifier;
    const x = kind === 'inputs' ? at : [...at.map((value) => value * scale.inputs), ...behaviour.logs.map((value) => Math.sqrt(Math.exp(value)) * scale.probabilities)];
    const base = kind === 'inputs' ? [...shares] : behaviour.logs.map(Math.exp);
    const logs = plainKernel(x, classifier).map((value, k) => Math.log(Math.max(0.003, value + base[k]!)));
    const logits = behaviour.logs.map((value, k) => pool.logProbability * value + pool.affinity * logs[k]!);
    return dot(linear.coefficients, [1, behaviour.anchor, plainFailureLogit(logits, behaviour.predicted)]);
  });
  if (recipe.outcomeKernel !== null) {
    const { regression, linear } = recipe.outcomeKernel;
    const failure = Math.min(0.98, Math.max(0.02, plainKernel(at, { ...regression, classes: 1 })[0]! + regression.rate));
    kernels.push(dot(linear.coefficients, [1, behaviour.anchor, Math.log(failure / (1 - failure)) - Math.log(regression.rate / (1 - regression.rate))]));
  }
  if (recipe.trees !== null) {
    const { trees, reading, linear } = recipe.trees;
    const logits = plainTrees(row, trees);
    const total = Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0));
    const own = logits.map((z) => z - total);
    const score = 'centre' in reading ? plainFailureLogit(own, 0) - reading.centre
      : plainFailureLogit(behaviour.logs.map((value, k) => reading.pool.logProbability * value + reading.pool.affinity * own[k]!), behaviour.predicted);
    kernels.push(dot(linear.coefficients, [1, behaviour.anchor, score]));
  }
  if (recipe.errorKernel !== null) {
    const { regression: { mean, scale, rate, ...kernel }, linear } = recipe.errorKernel;
    const error = mean + plainKernel(at, { ...kernel, classes: 1 })[0]!;
    const within = 1 / (1 + Math.exp((error - 1) / scale)) - 1 / (1 + Math.exp((error + 1) / scale));
    kernels.push(dot(linear.coefficients, [1, behaviour.anchor, Math.log((1 - within) / within) - Math.log(rate / (1 - rate))]));
  }
  const nn = dot(recipe.nn.coefficients, [1, behaviour.anchor, columns.score]);
  const so = recipe.netScale === null ? columns.so(nn) : dot(recipe.netScale.coefficients, [1, columns.so(nn)]);
  const experts = [dot(anchor.coefficients, [1, behaviour.anchor]), nn, dot(recipe.lr.coefficients, columns.lr), so, ...kernels];
  return 1 / (1 + Math.exp(-(recipe.stacker.intercept + dot(recipe.stacker.weights, experts))));
}

function randomRows(count: number, seed: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const logits = Array.from({ length: 3 }, () => 4 * random.normal());
    const total = Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0));
    return [...Array.from({ length: 4 }, () => 2 * random.normal()), ...logits.map((z) => z - total)].map(Math.fround);
  });
}

for (const kind of ['classes', 'outcomes'] as const) {
  t.test(`the graph of the ${kind} form equals plain arithmetic on random rows`, async (t) => {
    for (const [seed, readings] of [[1, 'plain'], [2, 'plain'], [5, 'ordered']] as const) {
      const parameters = randomParameters(kind, seed, readings);
      const rows = randomRows(40, seed);
      const served = await serve(exportMetaModel(parameters), Float32Array.from(rows.flat()), 7);
      t.equal(served.length, 40);
      rows.forEach((row, i) => {
        const expected = plainProbability(parameters, row);
        t.ok(Math.abs(served[i]! - expected) < 1e-3, `${served[i]} is ${expected}`);
      });
    }
  });
}

t.test('each expert alone is served through its weight; unused experts are left out of the file', async (t) => {
  const parameters = randomParameters('classes', 3, 'ordered');
  const rows = randomRows(10, 3);
  const full = exportMetaModel(parameters).length;
  for (const expert of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const alone = { ...parameters, recipe: { ...parameters.recipe!, stacker: { intercept: 0.1, weights: [0, 1, 2, 3, 4, 5, 6, 7].map((k) => (k === expert ? 0.8 : 0)) } } };
    const onnx = exportMetaModel(alone);
    const served = await serve(onnx, Float32Array.from(rows.flat()), 7);
    rows.forEach((row, i) => t.ok(Math.abs(served[i]! - plainProbability(alone, row)) < 1e-3));
    t.ok(onnx.length < full);
  }
});

t.test('the anchor alone, and a stacker that trusts nobody', async (t) => {
  const parameters = randomParameters('classes', 4);
  const rows = randomRows(5, 4);
  const features = Float32Array.from(rows.flat());
  const anchor = await serve(exportMetaModel({ ...parameters, recipe: null }), features, 7);
  rows.forEach((row, i) => {
    const z = dot(parameters.anchor.coefficients, [1, plainBehaviour(row.slice(4)).anchor]);
    t.ok(Math.abs(anchor[i]! - 1 / (1 + Math.exp(-z))) < 1e-4);
  });
  const nobody = await serve(exportMetaModel({ ...parameters, recipe: { ...parameters.recipe!, stacker: { intercept: -1, weights: [0, 0, 0, 0, 0, 0] } } }), features, 7);
  t.ok(nobody.every((p) => Math.abs(p - 1 / (1 + Math.E)) < 1e-6));
});

t.test('confident rows keep their order down to e^-30', async (t) => {
  const parameters = { ...randomParameters('classes', 6), anchor: { coefficients: Float64Array.of(0, 2), width: 2 }, recipe: null };
  const gaps = Array.from({ length: 60 }, (_, i) => 0.25 * (i + 1));
  const features = Float32Array.from(gaps.flatMap((gap) => [0, 0, 0, 0, ...[0, -gap, -gap].map((z) => z - Math.log1p(2 * Math.exp(-gap)))]));
  const served = await serve(exportMetaModel(parameters), features, 7);
  for (let i = 1; i < served.length; i++) t.ok(served[i]! < served[i - 1]! || served[i]! < 1e-12, `${served[i - 1]} then ${served[i]}`);
  t.ok(served.every((p) => p > 0 && p < 1));
});

t.test('rows do not influence each other', async (t) => {
  const onnx = exportMetaModel(randomParameters('classes', 5));
  const rows = randomRows(6, 5);
  const together = await serve(onnx, Float32Array.from(rows.flat()), 7);
  for (const [i, row] of rows.entries()) t.ok(Math.abs((await serve(onnx, Float32Array.from(row), 7))[0]! - together[i]!) < 1e-6);
});
