import t from 'tap';
import { divide } from '../../src/meta/linear/folds.js';
import { createRandom } from '../../src/meta/training/random.js';
import { boostNewest } from '../../src/meta/fit/boost-newest.js';
import { PROBE, ROUNDS, boostClasses, type ClassProblem } from '../../src/meta/trees/boost-classes.js';
import { classLogs } from '../../src/meta/trees/class-trees.js';
import { emitClassLogs } from '../../src/meta/trees/trees-graph.js';
import { LEAVES, SPLITS } from '../../src/meta/trees/tree.js';
import { runEmitted } from '../support/experts-graph.js';
import { plainTrees } from '../support/experts-plain.js';

const ROWS = 400;

/** An indicator that turns the meaning of a number around, which no line among the inputs can say; the base model names class 0 or what chance says. */
function problem(classes: number, seed: number, isNoise = false): ClassProblem {
  const random = createRandom(seed);
  const data = new Float32Array(ROWS * 3);
  const labels = new Int32Array(ROWS);
  for (let i = 0; i < ROWS; i++) {
    const [number, indicator] = [random.normal(), Number(random.uniform() < 0.3)];
    data.set([number, indicator, random.uniform() < 0.1 ? NaN : random.normal()], 3 * i);
    const turned = indicator === 1 ? -number : number;
    labels[i] = isNoise ? random.int(classes) : turned > 0.5 ? classes - 1 : turned > -0.5 ? Math.floor(classes / 2) - (classes === 2 ? 1 : 0) : 0;
  }
  const predicted = labels.map((label) => (random.uniform() < 0.7 ? label : random.int(classes)));
  return { points: { rows: ROWS, width: 3, stride: 3, data }, classes, labels, predicted, failures: Uint8Array.from(labels, (label, i) => (label === predicted[i] ? 0 : 1)), weights: null };
}

const divisionOf = ({ failures }: ClassProblem) => divide(failures, 1, createRandom(3))[0]!;
const rowOf = ({ points: { data } }: ClassProblem, i: number) => [...data.subarray(3 * i, 3 * i + 3)];

/** Rows whose most probable class is theirs. */
function rightOf({ classes, labels }: ClassProblem, logs: Float32Array): number {
  return labels.filter((label, i) => {
    const own = [...logs.subarray(classes * i, classes * (i + 1))];
    return own.indexOf(Math.max(...own)) === label;
  }).length;
}

for (const classes of [2, 3]) {
  t.test(`${classes} classes: held-out rows are told theirs, and the graph says what the trees say`, async (t) => {
    const own = problem(classes, classes);
    const progress: number[] = [];
    const { trees, heldOut } = await boostClasses(own, divisionOf(own), { onProgress: (done) => progress.push(done) });
    t.ok((ROUNDS as readonly number[]).includes(trees.rounds.length));
    t.same(progress, progress.map((_, index) => index + 1));
    const right = rightOf(own, heldOut);
    t.ok(right > 0.9 * ROWS, `${right} of ${ROWS} held-out rows`);
    const rows = [...Array.from({ length: 50 }, (_, i) => rowOf(own, i)), [NaN, NaN, NaN], [1e30, 0.5, -1e30], [Infinity, 1, -Infinity]];
    const { logs } = await runEmitted({ inputs: rows }, (graph, { inputs }) => ({ logs: emitClassLogs(graph, inputs!, trees) }));
    rows.forEach((row, i) => {
      const logits = plainTrees(row, trees);
      const expected = classLogs(Float64Array.from(classes === 2 ? [logits[1]! - logits[0]!] : logits), classes);
      logs[i]!.forEach((value, k) => t.ok(Math.abs(value - expected[k]!) < 1e-4, `${value} is ${expected[k]}`));
    });
  });
}

t.test('where inputs say nothing few rounds are kept, and no held-out row is told its own label', async (t) => {
  const noise = problem(2, 9, true);
  const { trees, heldOut } = await boostClasses(noise, divisionOf(noise));
  t.ok(trees.rounds.length <= 20, `${trees.rounds.length} rounds`);
  const right = rightOf(noise, heldOut);
  t.ok(right < 0.6 * ROWS, `${right} of ${ROWS}`);
});

t.test('no more are grown where the first rounds are told to be hopeless', async (t) => {
  const own = problem(3, 6);
  const all = await boostClasses(own, divisionOf(own));
  t.ok(all.trees.rounds.length > PROBE);
  const asked: number[] = [];
  const ask = (answer: boolean) => boostClasses(own, divisionOf(own), { isHopeless: (heldOut) => (asked.push(rightOf(own, heldOut)), answer) });
  t.same(await ask(false), all, 'a no changes nothing');
  const cut = await ask(true);
  t.same(cut.trees.rounds, all.trees.rounds.slice(0, PROBE));
  t.same(asked, [rightOf(own, cut.heldOut), rightOf(own, cut.heldOut)], 'asked once, about what the first rounds say');
});

t.test('rows that are too old are told what trees say that have not seen them', async (t) => {
  const own = problem(3, 6);
  const division = divisionOf(own);
  const { trees, heldOut } = await boostNewest(own, division, 300, {});
  t.equal(heldOut.length, 3 * ROWS);
  const spoilt = { ...own, labels: own.labels.map((label, i) => (i < 100 ? (label + 1) % 3 : label)) };
  const other = await boostNewest(spoilt, division, 300, {});
  t.same(other.trees, trees, 'their labels count for nothing');
  t.same([...other.heldOut], [...heldOut]);
  const expected = classLogs(Float64Array.from(plainTrees(rowOf(own, 0), trees)), 3);
  expected.forEach((value, k) => t.ok(Math.abs(value - heldOut[k]!) < 1e-4));
  t.ok(rightOf(own, heldOut) > 0.9 * ROWS);
  const all = await boostClasses(own, division);
  t.same(await boostNewest(own, division, ROWS, {}), all);
});

t.test('trees that do not split, and trees of both kinds beside each other, are served', async (t) => {
  const leaf = (value: number) => ({ columns: new Int32Array(SPLITS).fill(-1), borders: new Float32Array(SPLITS).fill(Infinity), values: Float64Array.from({ length: LEAVES }, (_, i) => (i === 0 ? value : 9)) });
  const split = { ...leaf(1), columns: Int32Array.from({ length: SPLITS }, (_, i) => (i === 0 ? 1 : -1)), borders: new Float32Array(SPLITS).fill(0.5) };
  for (const rounds of [[[leaf(2)]], [[leaf(2)], [split]], [[split], [leaf(-3)]]]) {
    const trees = { classes: 2, start: Float64Array.of(0.7), rounds };
    const rows = [[1, 0, 0], [1, 1, 0]];
    const { logs } = await runEmitted({ inputs: rows }, (graph, { inputs }) => ({ logs: emitClassLogs(graph, inputs!, trees) }));
    rows.forEach((row, i) => {
      const [low, high] = plainTrees(row, trees);
      classLogs(Float64Array.of(high! - low!), 2).forEach((value, k) => t.ok(Math.abs(value - logs[i]![k]!) < 1e-5, `${logs[i]![k]} is ${value}`));
    });
  }
});

t.test('it can be stopped', async (t) => {
  const own = problem(2, 1);
  const stop = new AbortController();
  await t.rejects(boostClasses(own, divisionOf(own), { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) }), { message: 'enough' });
});
