import t from 'tap';
import { divide } from '../../src/meta/linear/folds.js';
import { fitRidge, type RidgeFit, type RidgeProblem } from '../../src/meta/kernel/ridge.js';
import { LABELLED_PLAN, mostCentres, shareCentres } from '../../src/meta/kernel/ridge-plan.js';
import { createRandom } from '../../src/meta/training/random.js';

const WIDTH = 3;
const CLASSES = 2;

/** Two classes that a circle separates, the last two rows without a class. */
function problem(rows: number, seed: number): RidgeProblem & { readonly failures: Uint8Array } {
  const random = createRandom(seed);
  const points = Float32Array.from({ length: rows * WIDTH }, () => random.normal());
  const targets = new Float32Array(rows * CLASSES);
  const failures = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    const inside = points[3 * i]! ** 2 + points[3 * i + 1]! ** 2 < 1.2 ? 1 : 0;
    targets[2 * i + inside] = 1;
    failures[i] = i % 4 === 0 ? 1 : 0;
  }
  return { points, width: WIDTH, targets, classes: CLASSES, known: Int32Array.from({ length: rows - 2 }, (_, i) => i), context: null, sharpness: 4, failures };
}

/** Solves A x = b by elimination, in float64. */
function solve(a: number[][], b: number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]!]);
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const pivot = rows.slice(i).reduce((best, row, at) => (Math.abs(row[i]!) > Math.abs(rows[best]![i]!) ? i + at : best), i);
    [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    for (let r = i + 1; r < n; r++) {
      const factor = rows[r]![i]! / rows[i]![i]!;
      for (let c = i; c <= n; c++) rows[r]![c]! -= factor * rows[i]![c]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) x[i] = (rows[i]![n]! - rows[i]!.slice(i + 1, n).reduce((sum, value, k) => sum + value * x[i + 1 + k]!, 0)) / rows[i]![i]!;
  return x;
}

/** Compares a fit with elimination, fold by fold; `targets` and `noise` are those of its centres. */
function worstDifference({ centres, gamma, coefficients, heldOut, learnt }: RidgeFit, folds: Uint8Array, targets: (row: number, k: number) => number, noise: (row: number) => number): number {
  const n = centres.length / WIDTH;
  const at = (i: number) => [...centres.subarray(WIDTH * i, WIDTH * (i + 1))];
  const gram = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) =>
    Math.exp(-gamma * at(i).reduce((sum, value, k) => sum + (value - at(j)[k]!) ** 2, 0))));
  const fitOn = (rows: number[], k: number) =>
    solve(rows.map((i) => rows.map((j) => gram[i]![j]! + (i === j ? noise(i) : 0))), rows.map((i) => targets(i, k)));
  const all = Array.from({ length: n }, (_, i) => i);
  const foldOf = (row: number) => (row < learnt.length ? folds[learnt[row]!] : -1);
  let worst = 0;
  for (let k = 0; k < CLASSES; k++) {
    fitOn(all, k).forEach((value, i) => (worst = Math.max(worst, Math.abs(value - coefficients[CLASSES * i + k]!))));
    for (let fold = 0; fold < 5; fold++) {
      const rows = all.filter((i) => foldOf(i) !== fold);
      const weights = fitOn(rows, k);
      for (const i of all.filter((row) => foldOf(row) === fold)) {
        const expected = rows.reduce((sum, j, m) => sum + gram[i]![j]! * weights[m]!, 0);
        worst = Math.max(worst, Math.abs(expected - heldOut[CLASSES * i + k]!));
      }
    }
  }
  return worst;
}

t.test('coefficients and held-out values are those of elimination, fold by fold', async (t) => {
  const task = problem(42, 1);
  const [division] = divide(task.failures, 1, createRandom(5));
  const fit = await fitRidge(task, division!);
  t.same([...fit.learnt], [...task.known]);
  const worst = worstDifference(fit, division!.fold, (i, k) => task.targets[CLASSES * i + k]!, () => fit.penalty);
  t.ok(worst < 2e-3, `largest difference ${worst}`);
});

t.test('context rows: learnt from by every fit with their own weight, judged by none', async (t) => {
  const [task, other] = [problem(42, 1), problem(30, 7)];
  const soft = other.targets.map((value) => 0.2 + 0.6 * value);
  const [division] = divide(task.failures, 1, createRandom(5));
  const weights = new Set<number>();
  for (const targets of [soft, soft.map((value) => 1 - value)]) {
    const fit = await fitRidge({ ...task, context: { rows: 30, points: other.points, targets } }, division!);
    t.same([fit.learnt.length, fit.centres.length, fit.coefficients.length, fit.heldOut.length], [40, 70 * WIDTH, 70 * CLASSES, 40 * CLASSES]);
    t.same([...fit.centres.subarray(40 * WIDTH)], [...other.points]);
    const targetOf = (i: number, k: number) => (i < 40 ? task.targets[CLASSES * i + k]! : targets[CLASSES * (i - 40) + k]!);
    const worst = worstDifference(fit, division!.fold, targetOf, (i) => (i < 40 ? fit.penalty : fit.penalty / fit.contextWeight));
    t.ok(worst < 1e-2, `largest difference ${worst}`);
    weights.add(fit.contextWeight);
  }
  t.same([...weights], [1, 0.1], 'a context that contradicts the labels counts less');
});

t.test('rows that mean the same in a mirror are learnt from as if each were there twice', async (t) => {
  const task = problem(42, 1);
  const signs = Float32Array.of(1, -1, 1);
  const [division] = divide(task.failures, 1, createRandom(5));
  const fit = await fitRidge({ ...task, signs }, division!);
  const at = (i: number) => [...fit.centres.subarray(WIDTH * i, WIDTH * (i + 1))];
  const gaussian = (a: readonly number[], b: readonly number[]) => Math.exp(-fit.gamma * a.reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0));
  // The rows and their mirror images, one after the other, with the penalty of each.
  const all = Array.from({ length: 80 }, (_, i) => (i < 40 ? at(i) : at(i - 40).map((value, k) => value * signs[k]!)));
  for (let k = 0; k < CLASSES; k++) {
    const weights = solve(all.map((a, i) => all.map((b, j) => gaussian(a, b) + (i === j ? fit.penalty : 0))), all.map((_, i) => task.targets[CLASSES * (i % 40) + k]!));
    for (let i = 0; i < 40; i++) {
      t.ok(Math.abs(weights[i]! - weights[i + 40]!) < 1e-6);
      t.ok(Math.abs(weights[i]! - fit.coefficients[CLASSES * i + k]!) < 1e-2, `${weights[i]} ${fit.coefficients[CLASSES * i + k]}`);
    }
  }
});

t.test('places are shared between labelled rows and context', (t) => {
  t.same(shareCentres(100, 30, 500), { labelled: 30, context: 70 });
  t.same(shareCentres(100, 80, 500), { labelled: 50, context: 50 });
  t.same(shareCentres(100, 80, 30), { labelled: 70, context: 30 });
  t.same(shareCentres(100, 300, 0), { labelled: 100, context: 0 });
  t.same(shareCentres(100, 20, 30), { labelled: 20, context: 30 });
  t.end();
});

t.test('of the penalties the one with the least held-out error is taken', async (t) => {
  const [clear, noisy] = [problem(200, 2), problem(200, 2)];
  const random = createRandom(9);
  for (let i = 0; i < 200; i++) {
    if (random.uniform() >= 0.45) continue;
    const [a, b] = [noisy.targets[2 * i]!, noisy.targets[2 * i + 1]!];
    noisy.targets.set([b, a], 2 * i);
  }
  const penaltyOf = async (task: ReturnType<typeof problem>) => (await fitRidge(task, divide(task.failures, 1, createRandom(5))[0]!)).penalty;
  const [ofClear, ofNoisy] = [await penaltyOf(clear), await penaltyOf(noisy)];
  t.ok(ofClear < ofNoisy, `${ofClear} < ${ofNoisy}`);
});

t.test('the newest rows are learnt from where there are too many; an abort is heard', async (t) => {
  t.ok(mostCentres(LABELLED_PLAN, 2, 6) === 3000 && mostCentres(LABELLED_PLAN, 100, 6) < 1000 && mostCentres(LABELLED_PLAN, 100, 6) > 900);
  const rows = mostCentres(LABELLED_PLAN, 200, 6) + 40;
  const few = problem(rows, 3);
  const targets = new Float32Array(rows * 200);
  for (let i = 0; i < rows; i++) targets[200 * i + (i % 200)] = 1;
  const [division] = divide(few.failures, 1, createRandom(5));
  const { learnt } = await fitRidge({ ...few, targets, classes: 200 }, division!);
  t.equal(learnt.length, mostCentres(LABELLED_PLAN, 200, 6));
  t.equal(learnt.at(-1), rows - 3);
  const stop = new AbortController();
  stop.abort(new Error('enough'));
  await t.rejects(fitRidge(few, division!, { signal: stop.signal }), { message: 'enough' });
});

t.test('where float32 distances are noise the regression says nothing, rather than what is no number', async (t) => {
  // Far from the origin rows that lie a hundredth apart have squared distances below what their squared norms can tell.
  const task = problem(300, 4);
  const far = { ...task, points: task.points.map((value) => 3000 + 0.01 * value) };
  const fit = await fitRidge(far, divide(task.failures, 1, createRandom(5))[0]!);
  for (const values of [fit.coefficients, fit.heldOut]) t.ok(values.every((value) => Math.abs(value) < 10), `largest ${Math.max(...values.map(Math.abs))}`);
});
