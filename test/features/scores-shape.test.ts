import t from 'tap';
import type { Test } from 'tap';
import type { Tensor } from '../../src/engine/tensor.js';
import { buildFeatureGraph } from '../../src/meta/features/graph.js';
import type { ScoreKind } from '../../src/meta/features/layout.js';
import { planFeatures } from '../../src/meta/features/plan.js';
import { agrees, behaviourReference } from '../support/feature-reference.js';
import { floats, info, plan, runScores } from '../support/feature-run.js';

const rows = [[0.5, 2, -1], [3, 0, 0.25]];
const values = rows.flat();

function checkRows(t: Test, run: Awaited<ReturnType<typeof runScores>>, expected: number[][], kind: ScoreKind, tolerance = 1e-6): void {
  t.equal(run.classes.length, expected.length, 'one row of outputs for each row of scores');
  expected.forEach((scores, row) => {
    const reference = behaviourReference(scores, kind);
    t.equal(run.classes[row], reference.predicted);
    t.ok(agrees(run.confidence[row], reference.confidence, tolerance), `confidence ${run.confidence[row]} is ${reference.confidence}`);
    const width = run.layout.width;
    t.ok(reference.logs.every((log, k) => agrees(run.features[row * width + k], log, tolerance)), 'behaviour');
  });
}

t.test('shapes of class scores', async (t) => {
  const shapes: { dims: (number | null)[]; actual: number[] }[] = [
    { dims: [null, 3], actual: [2, 3] },
    { dims: [null, null], actual: [2, 3] },
    { dims: [null, 3, 1, 1], actual: [2, 3, 1, 1] },
    { dims: [null, 1, 3], actual: [2, 1, 3] },
    { dims: [], actual: [2, 3] },
    { dims: [null, 7], actual: [2, 3] },
  ];
  for (const { dims, actual } of shapes) {
    const run = await runScores({ output: info('z', 'float32', dims), kind: 'logits' }, 3, floats(actual, values));
    checkRows(t, run, rows, 'logits');
  }
});

t.test('scores of a model without a batch are one row', async (t) => {
  for (const dims of [[3], [1, 3], [3, 1]]) {
    const run = await runScores({ output: info('z', 'float32', dims), kind: 'logits' }, 3, floats(dims, rows[0] ?? []), false);
    checkRows(t, run, rows.slice(0, 1), 'logits');
  }
  const scalar = await runScores({ output: info('p', 'float32', []), kind: 'binary_probability' }, 2, floats([], [0.25]), false);
  checkRows(t, scalar, [[0.25]], 'binary_probability');
});

t.test('shapes of one score a row', async (t) => {
  for (const actual of [[2], [2, 1], [1, 2], [2, 1, 1]]) {
    const dims = actual.map(() => null);
    const probability = await runScores({ output: info('p', 'float32', dims), kind: 'binary_probability' }, 2, floats(actual, [0.25, 0.75]));
    checkRows(t, probability, [[0.25], [0.75]], 'binary_probability');
    const logit = await runScores({ output: info('z', 'float32', dims), kind: 'binary_logit' }, 2, floats(actual, [-2, 40]));
    checkRows(t, logit, [[-2], [40]], 'binary_logit');
  }
});

t.test('types of class scores', async (t) => {
  // Bit patterns of float16: 0.5, 2, -1, 3, 0, 0.25.
  const half: Tensor = { type: 'float16', dims: [2, 3], data: Uint16Array.of(0x3800, 0x4000, 0xbc00, 0x4200, 0x0000, 0x3400) };
  checkRows(t, await runScores({ output: info('z', 'float16', [null, 3]), kind: 'logits' }, 3, half), rows, 'logits');
  const double: Tensor = { type: 'float64', dims: [2, 3], data: Float64Array.from(values) };
  checkRows(t, await runScores({ output: info('z', 'float64', [null, 3]), kind: 'logits' }, 3, double), rows, 'logits');
  const votes: Tensor = { type: 'int64', dims: [2, 3], data: BigInt64Array.of(7n, 2n, 1n, 0n, 9n, 1n) };
  checkRows(t, await runScores({ output: info('z', 'int64', [null, 3]), kind: 'probabilities' }, 3, votes), [[7, 2, 1], [0, 9, 1]], 'probabilities');
});

t.test('the cold start keeps what 1 - confidence in float32 would lose', async (t) => {
  const logits = await runScores({ output: info('z', 'float32', [null, 3]), kind: 'logits' }, 3, floats([2, 3], [40, 0, 0, 60, 0, 0]));
  t.same([...logits.confidence], [1, 1]);
  t.ok(agrees(logits.coldStart[0], 2 * Math.exp(-40)));
  t.ok(agrees(logits.coldStart[1], 2 * Math.exp(-60), 1e-5, 0));
  const probabilities = await runScores({ output: info('p', 'float32', [null, 2]), kind: 'probabilities' }, 2, floats([1, 2], [1, 3e-20]));
  t.ok(agrees(probabilities.coldStart[0], 3e-20, 1e-5, 0));
  // The float64 next below 1: cast to float32 first, it would be 1.
  const close: Tensor = { type: 'float64', dims: [1, 1], data: Float64Array.of(1 - 2 ** -40) };
  const binary = await runScores({ output: info('p', 'float64', [null, 1]), kind: 'binary_probability' }, 2, close);
  t.ok(agrees(binary.coldStart[0], 2 ** -40, 1e-5, 0));
});

t.test('source and behaviour must belong together', async (t) => {
  const source = { output: info('z', 'float32', [null, 3]), kind: 'logits' } as const;
  const withClasses = planFeatures(plan({ source, classes: 3 }));
  t.throws(() => buildFeatureGraph(withClasses, null, true), RangeError);
  const without = planFeatures(plan({ inputs: [info('x', 'float32', [null, 3])] }));
  t.throws(() => buildFeatureGraph(without, source, true), RangeError);
});
