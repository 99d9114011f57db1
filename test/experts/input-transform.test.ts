import t from 'tap';
import { componentCount, transformedWidth } from '../../src/meta/experts/input-transform.js';
import { columnUnits, principalComponents } from '../../src/meta/experts/principal-components.js';
import { fitStandardizer, emitStandardizer } from '../../src/meta/experts/standardizer.js';
import { fitInputTransform } from '../../src/meta/fit/fit-input-transform.js';
import { computeSignals } from '../../src/meta/fit/stages.js';
import { createRandom } from '../../src/meta/training/random.js';
import type { TrainingWindow } from '../../src/meta/training/window.js';
import { near, runEmitted } from '../support/experts-graph.js';
import { plainStandardized } from '../support/experts-plain.js';

function windowOf(rows: number, width: number, at: (row: number, column: number) => number): TrainingWindow {
  const none = new Float64Array(rows);
  return {
    rows, inputWidth: width, width, features: Float32Array.from({ length: rows * width }, (_, i) => at(Math.floor(i / width), i % width)),
    failures: new Uint8Array(rows), classes: new Int32Array(rows), truths: new Int32Array(rows), coldStartProbabilities: none, failureProbabilities: none, createdAt: none, weights: null,
  };
}

async function transformed(window: TrainingWindow): Promise<Float32Array> {
  const transform = await fitInputTransform(window, {});
  const form = { kind: 'outcomes', behaviour: { kind: 'none' }, inputWidth: window.inputWidth, width: window.width, references: 2, temperature: 1 } as const;
  return (await computeSignals(window, form, transform, {})).transformed!.data;
}

t.test('columns that hardly vary are dropped, the others standardized and clipped', async (t) => {
  const random = createRandom(1);
  const rows = Array.from({ length: 200 }, (_, i) => [random.normal() * 7 + 3, 5, i < 2 ? 1 : 0, i < 3 ? 1 : 0, 1e6 + 0.01 * random.normal(), i === 0 ? 1e12 : random.normal()].map(Math.fround));
  const fit = fitStandardizer(Float32Array.from(rows.flat()), 200, 6);
  t.same([...fit.kept], [0, 3, 5], 'constant, 2 of 200 differing and relatively tiny deviations go');
  const { out } = await runEmitted({ x: rows }, (graph, { x }) => ({ out: emitStandardizer(graph, x!, fit) }));
  rows.forEach((row, i) => t.ok(near(out[i]!, plainStandardized(row, fit.kept, fit.mean, fit.scale), 1e-5)));
  t.equal(out[0]![2], 5);
  const first = out.map((row) => row[0]!);
  t.ok(Math.abs(first.reduce((sum, x) => sum + x, 0)) / 200 < 1e-5);
  t.ok(Math.abs(first.reduce((sum, x) => sum + x * x, 0) / 200 - 1) < 1e-4);
});

t.test('NaN becomes the mean, huge values are cut', async (t) => {
  const fit = fitStandardizer(Float32Array.of(1, 2, 3, 4, NaN), 5, 1);
  t.equal(fit.mean[0], 2.5);
  const { out } = await runEmitted({ x: [[NaN], [Infinity], [-3e38], [2.5]] }, (graph, { x }) => ({ out: emitStandardizer(graph, x!, fit) }));
  t.same(out.flat(), [0, 5, -5, 0]);
});

t.test('the number of components', (t) => {
  t.equal(componentCount(25, 196), 24);
  t.equal(componentCount(300, 196), 30);
  t.equal(componentCount(2000, 196), 50);
  t.equal(componentCount(30_000, 196), 100);
  t.end();
});

t.test('components of known covariances: one scale, the largest element of each is positive', (t) => {
  // Eigenvalues 3 and 1 with vectors (1, 1) and (1, -1) over the root of 2; sd of the first is the root of 3.
  const { projection } = principalComponents(Float64Array.of(2, 1, 1, 2), 2, 2)!;
  const r = 1 / Math.sqrt(6);
  t.ok(near([projection[0]!, projection[2]!], [r, r], 1e-6));
  t.ok(near([projection[1]!, projection[3]!].map(Math.abs), [r, r], 1e-6));
  const random = createRandom(2);
  const factors = Array.from({ length: 36 }, () => random.normal());
  const at = (i: number, j: number) => Array.from({ length: 6 }, (_, k) => factors[i * 6 + k]! * factors[j * 6 + k]!).reduce((sum, x) => sum + x, 0);
  const six = principalComponents(Float64Array.from({ length: 36 }, (_, i) => at(Math.floor(i / 6), i % 6)), 6, 6)!.projection;
  for (let c = 0; c < 6; c++) {
    const vector = Array.from({ length: 6 }, (_, j) => six[j * 6 + c]!);
    t.ok(Math.max(...vector) >= Math.max(...vector.map(Math.abs)));
  }
  t.equal(principalComponents(new Float64Array(4), 2, 1), null);
  t.end();
});

/** Three strong directions in 120 columns, and a little noise. */
function lowRank(rows: number): (row: number, column: number) => number {
  const random = createRandom(9);
  const directions = Array.from({ length: 3 }, () => Float64Array.from({ length: 120 }, () => random.normal()));
  const data = Array.from({ length: rows }, () => {
    const scores = [3 * random.normal(), 2 * random.normal(), random.normal()];
    return Float64Array.from({ length: 120 }, (_, j) => directions.reduce((sum, direction, c) => sum + scores[c]! * direction[j]!, 0.05 * random.normal()));
  });
  return (row, column) => data[row]![column]!;
}

t.test('principal components: one common scale, variances in order, the first is 1, uncorrelated', async (t) => {
  const window = windowOf(150, 120, lowRank(150));
  const data = await transformed(window);
  const width = transformedWidth(await fitInputTransform(window, {}));
  t.equal(width, 30);
  const product = (a: number, b: number) => Array.from({ length: 150 }, (_, i) => data[i * width + a]! * data[i * width + b]!).reduce((sum, x) => sum + x, 0) / 150;
  t.ok(Math.abs(product(0, 0) - 1) < 1e-3);
  t.ok(product(1, 1) < 1 && product(2, 2) < product(1, 1), 'not whitened');
  t.ok(product(3, 3) < 0.01 * product(2, 2));
  t.ok(Math.abs(product(0, 1)) < 1e-3);
});

t.test('a number in a unit of its own does not make the other columns disappear', async (t) => {
  const at = lowRank(150);
  const random = createRandom(3);
  const amounts = Array.from({ length: 150 }, () => random.normal() * 50_000);
  const data = await transformed(windowOf(150, 120, (i, j) => (j === 7 ? amounts[i]! : at(i, j))));
  const alone = await transformed(windowOf(150, 120, (i, j) => (j === 7 ? 0 : at(i, j))));
  const correlation = (a: (row: number) => number, b: (row: number) => number): number => {
    const sum = (f: (row: number) => number): number => Array.from({ length: 150 }, (_, i) => f(i)).reduce((x, y) => x + y, 0);
    return sum((i) => a(i) * b(i)) / Math.sqrt(sum((i) => a(i) ** 2) * sum((i) => b(i) ** 2));
  };
  t.ok(Math.abs(correlation((i) => data[i * 30]!, (i) => alone[i * 30]!)) > 0.95, 'the first component is that of the others');
  t.ok(Math.abs(correlation((i) => data[i * 30]!, (i) => amounts[i]!)) < 0.3);
  const covariance = (variances: readonly number[]): Float64Array => Float64Array.from({ length: variances.length ** 2 }, (_, i) => (i % (variances.length + 1) === 0 ? variances[i % variances.length]! : 0));
  t.equal(columnUnits(covariance([1, 4, 9, 25, 900]), 5), null, 'columns of one kind stay as they are');
  t.same([...(columnUnits(covariance([1e-9, 4, 4, 400, 4e8]), 5) ?? [])], [1, 1, 1, 10, 10_000], 'those that vary more are brought down, those that vary less are not blown up');
  t.equal(columnUnits(covariance([0, 0]), 2), null);
});

t.test('principal components do not depend on the unit or offset of the inputs, and mirror with their sign', async (t) => {
  const at = lowRank(150);
  const plain = await transformed(windowOf(150, 120, at));
  const scaled = await transformed(windowOf(150, 120, (i, j) => 250 * at(i, j) + 40));
  const mirrored = await transformed(windowOf(150, 120, (i, j) => -at(i, j)));
  const leading = (data: Float32Array) => Array.from({ length: 450 }, (_, i) => data[Math.floor(i / 3) * 30 + (i % 3)]!);
  t.ok(near(leading(scaled), leading(plain), 2e-3));
  t.ok(near(leading(mirrored), leading(plain).map((x) => -x), 2e-3));
});

t.test('inputs that never vary give nothing', async (t) => {
  t.same(await fitInputTransform(windowOf(40, 3, () => 7), {}), { kind: 'none' });
  t.same(await fitInputTransform(windowOf(40, 120, () => 7), {}), { kind: 'none' });
  t.same(await fitInputTransform(windowOf(40, 0, () => 7), {}), { kind: 'none' });
});
