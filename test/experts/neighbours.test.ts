import fc from 'fast-check';
import t from 'tap';
import { NO_POINT } from '../../src/meta/experts/affinities.js';
import type { Form } from '../../src/meta/experts/form.js';
import { emitNeighbours } from '../../src/meta/experts/neighbours.js';
import { buildReferenceStore } from '../../src/meta/experts/reference-store.js';
import { createRandom } from '../../src/meta/training/random.js';
import { near, runEmitted } from '../support/experts-graph.js';
import { plainNeighbours, plainTrust } from '../support/experts-plain.js';

const CLASSES = 4;
const form: Form = { kind: 'classes', behaviour: { kind: 'classes', classes: CLASSES }, inputWidth: 3, width: 7, references: CLASSES, temperature: 1 };

const value = fc.double({ min: -3, max: 3, noNaN: true }).map(Math.fround);
const point = fc.tuple(value, value, value);
const scene = fc.record({
  stored: fc.array(fc.tuple(point, fc.integer({ min: -1, max: CLASSES - 1 })), { minLength: 12, maxLength: 30 }),
  queries: fc.array(fc.tuple(point, fc.integer({ min: 0, max: CLASSES - 1 })), { minLength: 1, maxLength: 6 }),
});

const SIGNS = Float32Array.of(1, -1, -1);

function storeOf(points: readonly (readonly number[])[], labels: readonly number[], signs: Float32Array | null = null, maxRows = 1000) {
  return buildReferenceStore(Float32Array.from(points.flat()), 3, 3, Int32Array.from(labels), CLASSES, maxRows, signs);
}

for (const signs of [null, SIGNS]) t.test(`serving distances agree with plain arithmetic, classes without a stored point included${signs === null ? '' : ', and in the mirror'}`, async (t) => {
  for (const { stored, queries } of fc.sample(scene, { numRuns: 12, seed: 2 })) {
    const known = stored.filter(([, label]) => label >= 0);
    const store = storeOf(stored.map(([p]) => p), stored.map(([, label]) => label), signs);
    const result = await runEmitted({ points: queries.map(([p]) => [...p]), predicted: queries.map(([, y]) => [y]) },
      (graph, { points, predicted }) => ({ ...emitNeighbours(graph, form, { points, predicted, like: points! }, store, null) }));
    queries.forEach(([query, predicted], i) => {
      const expected = plainNeighbours(query, known.map(([p]) => p), known.map(([, label]) => label), CLASSES, { signs });
      t.ok(near(result.affinities[i]!, expected.affinities, 2e-3), 'affinities');
      t.ok(near(result.spread[i]!, [expected.spread], 2e-3), 'spread');
      t.ok(near(result.contrast[i]!, [plainTrust(expected.affinities, predicted)], 4e-3), 'trust');
    });
  }
});

for (const signs of [null, SIGNS]) t.test(`in training a stored row leaves itself out${signs === null ? '' : ' and its mirror image'}; one that is not stored has nothing to leave out`, async (t) => {
  const random = createRandom(5);
  const scattered = Array.from({ length: 24 }, (_, i): readonly [readonly number[], number] => [[random.normal() + 1, random.normal(), random.normal()], (i % 4) - 1]);
  // Class 3 has one stored row: for that row its own class is empty. The last row is not stored.
  const rows: (readonly [readonly number[], number])[] = [...scattered, [[0.5, 0.5, 0.5], 3], [[0.01, 0, 0], -1]];
  const labels = rows.map(([, label]) => label);
  const store = storeOf(rows.map(([p]) => p), labels, signs);
  const stored = rows.filter(([, label]) => label >= 0);
  const result = await runEmitted({
    points: rows.map(([p]) => p), predicted: rows.map(() => [1]),
    position: rows.map((_, i) => [Math.max(0, store.positions[i]!)]), penalty: rows.map((_, i) => [store.positions[i]! < 0 ? 0 : NO_POINT]),
  }, (graph, { points, predicted, position, penalty }) =>
    ({ ...emitNeighbours(graph, form, { points, predicted, like: points! }, store, { position: position!, penalty: penalty! }) }));
  rows.forEach((row, i) => {
    const expected = plainNeighbours(row[0], stored.map(([p]) => p), stored.map(([, label]) => label), CLASSES, { own: stored.indexOf(row), signs });
    t.ok(near(result.affinities[i]!, expected.affinities, 2e-3), `row ${i}`);
    t.ok(near(result.spread[i]!, [expected.spread], 2e-3), `row ${i}`);
  });
});

t.test('failed minus ok in the form of outcomes; a stored duplicate is near, never NaN', async (t) => {
  const outcomes: Form = { ...form, kind: 'outcomes', references: 2 };
  const points = [[0, 0, 0], [0, 0, 0], [3, 3, 3], [3, 3, 3], [100, -100, 100]];
  const store = buildReferenceStore(Float32Array.from(points.flat()), 3, 3, Int32Array.of(0, 0, 1, 1, -1), 2, 1000);
  const { contrast, affinities } = await runEmitted({ points }, (graph, { points: p }) => ({ ...emitNeighbours(graph, outcomes, { points: p, predicted: null, like: p! }, store, null) }));
  t.ok(contrast[0]![0]! < -2);
  t.ok(contrast[2]![0]! > 2);
  t.ok(affinities.flat().every(Number.isFinite));
});

t.test('the store holds the newest rows, sorted by class', (t) => {
  const store = storeOf([[1, 1, 1], [2, 2, 2], [3, 3, 3], [4, 4, 4], [5, 5, 5]], [2, 1, -1, 2, 0], null, 3);
  t.same([...store.counts], [1, 1, 1, 0]);
  t.same([...store.positions], [-1, 1, -1, 2, 0]);
  t.same([...store.points], [5, 5, 5, 2, 2, 2, 4, 4, 4]);
  t.end();
});
