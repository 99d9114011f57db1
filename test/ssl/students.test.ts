import t from 'tap';
import { halved } from '../../bench/ssl/data/halved.js';
import type { ScaledSplit } from '../../bench/ssl/data/scaled.js';
import { chooseThreshold } from '../../bench/ssl/students/choose-threshold.js';
import { CYCLES, doubtsOf, runCurriculum } from '../../bench/ssl/students/curriculum.js';
import { least, upTo, wrongIn } from '../../bench/ssl/students/selection.js';
import { labelsOf, trainStudents } from '../../bench/ssl/students/train-students.js';
import { classFolds } from '../../bench/ssl/teacher/class-folds.js';
import { outOfFold } from '../../bench/ssl/teacher/out-of-fold.js';
import type { NetLogs } from '../../bench/ssl/teacher/teachers.js';
import { createRandom } from '../../src/meta/training/random.js';

t.test('selections', (t) => {
  const scores = Float64Array.of(0.3, 0.1, 0.3, 0.2);
  t.same([...least(scores, 3)], [1, 3, 0], 'of equals the earlier row');
  t.same([...upTo(scores, 0.2)], [1, 3]);
  t.equal(wrongIn({ rows: Int32Array.of(0, 2), labels: Int32Array.of(1, 1, 1) }, Int32Array.of(1, 0, 0)), 1);
  t.end();
});

t.test('the threshold with the most useful training set', (t) => {
  const budget = Float64Array.of(0.1, 0.2, 0.3, 0.4);
  const pool = Float64Array.of(0.05, 0.15, 0.25, 0.35);
  const choose = (failures: readonly number[]) => chooseThreshold({ scores: { budget, pool, published: null }, failures: Uint8Array.from(failures), classes: 2 });
  // Without failures: noise .5 / (m + 1), all (4 + m)(1 - 2 e)^2 with e = noise m / (4 + m): 4.05, 4.74, 5.58, 6.48 (m = 1 ... 4).
  t.equal(choose([0, 0, 0, 0]), 0.4);
  // The last two are wrong: 3.22 at .3 (e = .375 * 3 / 7), 2 at .4 (e = .5 * 4 / 8).
  t.equal(choose([0, 0, 1, 1]), 0.2);
  // Nothing helps: nothing is selected.
  t.equal(choose([1, 1, 1, 1]), -Infinity);
  t.end();
});

t.test('folds spread every class', (t) => {
  const truths = Int32Array.from({ length: 50 }, (_, row) => (row < 20 ? 0 : row < 45 ? 1 : 2));
  const folds = classFolds(truths, 7);
  for (let fold = 0; fold < 5; fold++) {
    t.same([0, 1, 2].map((label) => truths.filter((truth, row) => truth === label && folds[row] === fold).length), [4, 5, 1]);
  }
  t.strictSame(folds, classFolds(truths, 7));
  t.notSame(folds, classFolds(truths, 8));
  t.end();
});

t.test('out of fold: each row is answered by the net that has not seen it', (t) => {
  const net = (fold: number): NetLogs => {
    const labelled = {
      rows: 2, width: 1, inputWidth: 0, classes: 2, kind: 'logits' as const,
      features: Float32Array.of(fold, 10 + fold), predicted: Int32Array.of(fold, fold), coldStart: Float64Array.of(fold / 10, fold / 10), scores: Float32Array.of(fold, 0, 0, fold),
    };
    return { labelled, unlabelled: labelled };
  };
  const joined = outOfFold({ folds: Uint8Array.of(3, 1), nets: [0, 1, 2, 3, 4].map(net) });
  t.same([...joined.features], [3, 11]);
  t.same([...joined.predicted], [3, 1]);
  t.same([...joined.scores], [3, 0, 0, 1]);
  t.end();
});

t.test('images of half the size', (t) => {
  const values = Float32Array.of(1, 3, 0, 0, 5, 7, 0, 4);
  const { shape, values: halves } = halved({ name: 'x', shape: [1, 2, 4], width: 8, classes: 1, rows: 1, values, truths: Int32Array.of(0) });
  t.same([shape, [...halves]], [[1, 1, 2], [4, 1]]);
  t.throws(() => halved({ name: 'x', shape: [3], width: 3, classes: 1, rows: 1, values, truths: Int32Array.of(0) }), /\[3\]/);
  t.end();
});

t.test('labels and doubts of logits', (t) => {
  t.same([...labelsOf(Float32Array.of(0, 1, 2, -1), 2)], [1, 0]);
  t.same(Array.from(doubtsOf(Float32Array.of(0, Math.log(3), 50, 0), 2), (doubt) => Number(doubt.toFixed(6))), [0.25, 0]);
  t.end();
});

/** Two clouds, of which the labelled rows know one point each. */
function clouds(): ScaledSplit {
  const random = createRandom(3);
  const rows = (count: number) => {
    const truths = Int32Array.from({ length: count }, (_, row) => row % 2);
    const values = Float32Array.from(truths, (truth) => (truth === 0 ? -1.5 : 1.5) + 0.4 * random.normal());
    return { rows: count, truths, values };
  };
  return { width: 1, classes: 2, labelled: rows(64), unlabelled: rows(100), test: rows(200) };
}

t.test('students learn what they are told', async (t) => {
  const split = clouds();
  const all = Int32Array.from({ length: 100 }, (_, row) => row);
  const wrong = split.unlabelled.truths.map((truth) => 1 - truth);
  const [right, none, misled] = await trainStudents(split, [{ rows: all, labels: split.unlabelled.truths }, { rows: all.subarray(0, 0), labels: wrong }, { rows: all, labels: wrong }], 1);
  t.ok((right?.accuracy ?? 0) > 0.98);
  t.ok((none?.accuracy ?? 0) > 0.98);
  t.ok((misled?.accuracy ?? 1) < 0.5, 'more wrong labels than right ones');
});

t.test('the curriculum takes more from cycle to cycle, with the labels of the net before', async (t) => {
  const split = clouds();
  const first = { labels: split.unlabelled.truths.map((truth, row) => (row < 30 ? 1 - truth : truth)), doubts: Float64Array.from({ length: 100 }, (_, row) => (row < 30 ? 0.4 : 0.1)) };
  const cycles = await runCurriculum(split, first, 1);
  t.same(cycles.map(({ selection }) => selection.rows.length), CYCLES.map((share) => 100 * share));
  t.equal(cycles[0]?.selection.labels, first.labels);
  t.notOk([...(cycles[0]?.selection.rows ?? [])].some((row) => row < 30), 'the surest first');
  t.strictSame(cycles[1]?.selection.labels, labelsOf(cycles[0]?.student.pool ?? new Float32Array(), 100));
  const last = cycles.at(-1)!;
  t.ok(wrongIn(last.selection, split.unlabelled.truths) < 5, 'it corrected the labels that it began with');
});
