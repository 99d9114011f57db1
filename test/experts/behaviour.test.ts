import fc from 'fast-check';
import t from 'tap';
import { emitBehaviour, type BehaviourValues } from '../../src/meta/experts/behaviour.js';
import type { BehaviourLayout } from '../../src/meta/features/layout.js';
import { near, runEmitted } from '../support/experts-graph.js';
import { plainBehaviour } from '../support/experts-plain.js';

function behaviourOf(rows: readonly (readonly number[])[], behaviour: BehaviourLayout, temperature = 1) {
  return runEmitted({ part: rows }, (graph, { part }): Record<keyof BehaviourValues, BehaviourValues['predicted']> => ({ ...emitBehaviour(graph, part!, { behaviour, temperature })! }));
}

/** Log-probabilities as the feature vector has them: clipped at ln 1e-9 and normalized again. */
function logsOf(logits: readonly number[]): number[] {
  const normalized = (values: readonly number[]) => {
    const largest = Math.max(...values);
    const total = largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
    return values.map((value) => value - total);
  };
  return normalized(normalized(logits).map((value) => Math.max(value, Math.log(1e-9)))).map(Math.fround);
}

const logits = (classes: number) => fc.array(fc.double({ min: -12, max: 12, noNaN: true }), { minLength: classes, maxLength: classes }).map(logsOf);

t.test('the figures of class probabilities agree with plain arithmetic', async (t) => {
  for (const classes of [2, 3, 10]) {
    const rows = fc.sample(logits(classes), { numRuns: 60, seed: classes });
    const values = await behaviourOf(rows, { kind: 'classes', classes });
    rows.forEach((row, i) => {
      const expected = plainBehaviour(row);
      const [first, second] = [...row].sort((a, b) => b - a);
      // At a tie the float32 difference p1 - p2 is all rounding; the margin's floor of 1e-4 decides there.
      const tolerance = first! - second! < 0.01 ? 2e-2 : 5e-4;
      t.ok(near(values.anchor[i]!, [expected.anchor], tolerance), `anchor of ${row.join(' ')}`);
      t.ok(near(values.figures[i]!, expected.figures, tolerance), `figures of ${row.join(' ')}`);
      t.ok(near(values.centred[i]!, expected.centred, 1e-5));
      t.ok(near(values.logProbabilities[i]!, expected.logs, 1e-5));
      t.equal(values.predicted[i]![0], expected.predicted);
    });
  }
});

t.test('a temperature acts before all else', async (t) => {
  const rows = fc.sample(logits(5), { numRuns: 40, seed: 3 });
  for (const temperature of [0.4, 2.5]) {
    const values = await behaviourOf(rows, { kind: 'classes', classes: 5 }, temperature);
    rows.forEach((row, i) => {
      const scaled = row.map((log) => log / temperature);
      const total = Math.log(scaled.reduce((sum, log) => sum + Math.exp(log), 0));
      const expected = plainBehaviour(scaled.map((log) => log - total));
      const [first, second] = [...row].sort((a, b) => b - a);
      const tolerance = first! - second! < 0.02 ? 3e-2 : 1e-3;
      t.ok(near(values.figures[i]!, expected.figures, tolerance), `figures of ${row.join(' ')} at ${temperature}`);
      t.ok(near(values.logProbabilities[i]!, expected.logs, 1e-4));
      t.equal(values.predicted[i]![0], expected.predicted);
    });
  }
});

t.test('confident rows keep their order: 1 - p1 is never formed', async (t) => {
  const confident = [6, 8, 10, 12, 14, 15].map((gap) => logsOf([gap, 0, -1]));
  const { anchor } = await behaviourOf(confident, { kind: 'classes', classes: 3 });
  for (let i = 1; i < anchor.length; i++) t.ok(anchor[i]![0]! < anchor[i - 1]![0]! - 0.5);
});

t.test('one-hot and uniform probabilities, infinities and NaN stay finite', async (t) => {
  const rows = [[0, -Infinity, -Infinity], [-Infinity, -Infinity, -Infinity], [NaN, NaN, NaN], [Math.log(1 / 3), Math.log(1 / 3), Math.log(1 / 3)], [0, NaN, -1e38], [5, Infinity, 3]];
  const values = await behaviourOf(rows, { kind: 'classes', classes: 3 });
  for (const [name, matrix] of Object.entries(values)) t.ok(matrix.flat().every(Number.isFinite), name);
  t.ok(values.anchor[1]![0]! > values.anchor[0]![0]!, 'a row without any probability is more suspicious than a certain one');
});

t.test('the sorted layout gives the same figures and no class', async (t) => {
  const rows = fc.sample(logits(20), { numRuns: 30, seed: 1 });
  const expected = rows.map((row) => plainBehaviour(row));
  const sorted = rows.map((row, i) => [expected[i]!.figures[0]!, expected[i]!.figures[1]!, expected[i]!.figures[2]!, expected[i]!.figures[4]!, ...[...row].sort((a, b) => b - a).slice(0, 16)]);
  const values = await behaviourOf(sorted, { kind: 'sorted', classes: 20, top: 16 });
  t.same([values.predicted, values.logProbabilities], [[], []]);
  expected.forEach(({ blend, figures }, i) => {
    t.ok(near(values.anchor[i]!, [blend]));
    t.ok(near(values.figures[i]!, figures));
    t.equal(values.centred[i]!.length, 16);
  });
});

t.test('with an augmentation the predicted class is the one that the row says, whichever is ahead', async (t) => {
  const rows = fc.sample(logits(5), { numRuns: 60, seed: 11 });
  for (const temperature of [1, 1.7]) {
    const values = await behaviourOf(rows.map((row, i) => [...row, i % 5]), { kind: 'classes', classes: 5, augmentation: 'horizontal_flip' }, temperature);
    rows.forEach((row, i) => {
      const scaled = row.map((log) => log / temperature);
      const total = Math.log(scaled.reduce((sum, log) => sum + Math.exp(log), 0));
      const expected = plainBehaviour(scaled.map((log) => log - total), i % 5);
      const [first, second] = [...row].sort((a, b) => b - a);
      const tolerance = first! - second! < 0.02 ? 3e-2 : 1e-3;
      t.ok(near(values.anchor[i]!, [expected.anchor], tolerance), `anchor of ${row.join(' ')} at ${temperature}`);
      t.ok(near(values.figures[i]!, expected.figures, tolerance), `figures of ${row.join(' ')} at ${temperature}`);
      t.ok(near(values.logProbabilities[i]!, expected.logs, 1e-4));
      t.equal(values.predicted[i]![0], i % 5);
    });
  }
});

t.test('a class index that is none is the nearest that there is', async (t) => {
  const row = logsOf([1, 0, -1]);
  const { predicted } = await behaviourOf([[...row, NaN], [...row, -4], [...row, 17], [...row, 2]], { kind: 'classes', classes: 3, augmentation: 'horizontal_flip' });
  t.same(predicted, [[0], [0], [2], [2]]);
});

t.test('the sorted layout of augmented rows: another class may be ahead', async (t) => {
  const row = fc.sample(logits(20), { numRuns: 1, seed: 4 })[0]!;
  const least = row.indexOf(Math.min(...row));
  const { figures } = plainBehaviour(row, least);
  const sorted = [figures[0]!, figures[1]!, figures[2]!, figures[4]!, ...[...row].sort((a, b) => b - a).slice(0, 16)];
  const values = await behaviourOf([sorted], { kind: 'sorted', classes: 20, top: 16, augmentation: 'horizontal_flip' });
  t.ok(figures[2]! > 0);
  t.ok(near(values.figures[0]!, figures));
});
