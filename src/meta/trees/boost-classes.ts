import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Division } from '../linear/folds.js';
import { failureLogitOf, meanLogLoss } from '../linear/numerics.js';
import { binColumns, type Bins, type TableRows } from './bins.js';
import { ClassBooster } from './class-booster.js';
import { classLogs, logitCount, type ClassTrees } from './class-trees.js';
import type { Tree } from './tree.js';

/** Numbers of rounds that are tried. */
export const ROUNDS = [5, 10, 20, 50, 100, 200] as const;
/** One of ROUNDS: by then it shows whether trees can say anything. */
export const PROBE = 20;
/** Visits of a row for a column, a logit and a fit, in all: about ten seconds. */
const MOST_VISITS = 4e9;
/** More rounds are not tried after so many trials that were no better than the best. */
const PATIENCE = 2;

export interface ClassProblem {
  readonly points: TableRows;
  readonly classes: number;
  /** True class of each row; negative where it is not known. */
  readonly labels: Int32Array;
  /** Class that the base model names for each row, and whether it failed. */
  readonly predicted: Int32Array;
  readonly failures: Uint8Array;
  /** What each row counts in the choice of the rounds; null: all the same. */
  readonly weights: Float64Array | null;
}

/** The fold of each row, and each fold's rows. */
export type HeldOutFolds = Pick<Division, 'fold' | 'heldOut'>;

export interface BoostedClasses {
  readonly trees: ClassTrees;
  /** Rows x classes: logarithms of the class probabilities by the fit without the row's fold. */
  readonly heldOut: Float32Array;
}

export interface BoostHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Asked once, after `PROBE` rounds, whether no more are worth growing, by what is known of the rows then (as `heldOut` of the result). */
  readonly isHopeless?: ((heldOut: Float32Array) => boolean) | undefined;
}

/**
 * Boosted trees on the true classes, fitted to all rows and without each fold of a division, round by round; of `ROUNDS` the number that says best, by
 * out-of-fold log loss, whether the base model's class is wrong. They see the inputs alone, never the base model, so that where they disagree
 * with it they do so for reasons of their own.
 */
export async function boostClasses(problem: ClassProblem, folds: HeldOutFolds, { signal, onProgress, isHopeless }: BoostHooks = {}): Promise<BoostedClasses> {
  const { points, classes, labels } = problem;
  const bins = binColumns(points);
  const start = startOf(labels, classes);
  const boosters = [...folds.heldOut, null].map((heldOut) => new ClassBooster({ bins, classes, labels, heldOut, start }));
  const most = mostRounds(bins, classes, boosters.length);
  const tried = ROUNDS.filter((count) => count <= most);
  const rounds: (readonly Tree[])[] = [];
  let best: { readonly loss: number; readonly count: number; readonly heldOut: Float32Array } | null = null;
  let worse = 0;
  for (const [index, count] of tried.entries()) {
    while (rounds.length < count) {
      // A round blocks the thread.
      await nextTurn();
      signal?.throwIfAborted();
      rounds.push(boosters.map((booster) => booster.round()).at(-1)!);
    }
    const heldOut = heldOutLogs(boosters, folds, classes);
    const loss = lossOf(heldOut, problem);
    const isBetter = best === null || loss < best.loss;
    if (isBetter) best = { loss, count, heldOut };
    worse = isBetter ? 0 : worse + 1;
    onProgress?.(index + 1, tried.length);
    if (worse === PATIENCE || (count === PROBE && isHopeless?.(heldOut) === true)) break;
  }
  return { trees: { classes, start, rounds: rounds.slice(0, best!.count) }, heldOut: best!.heldOut };
}

/** Logarithms of the classes' shares, one label of each added; of two classes the logit of class 1. */
function startOf(labels: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes).fill(1);
  for (const label of labels) if (label >= 0) counts[label]! += 1;
  const logs = counts.map(Math.log);
  return logitCount(classes) === 1 ? Float64Array.of(logs[1]! - logs[0]!) : logs;
}

/** So many rounds that a fit is done in time, but the least of them. */
function mostRounds({ rows, rare }: Bins, classes: number, fits: number): number {
  const visits = rare.reduce((sum, indicator) => sum + (indicator === null ? rows : indicator.rows.length), 0);
  return Math.max(ROUNDS[0], MOST_VISITS / Math.max(1, visits * logitCount(classes) * fits * 3));
}

function heldOutLogs(boosters: readonly ClassBooster[], { fold }: HeldOutFolds, classes: number): Float32Array {
  const outputs = logitCount(classes);
  const logits = new Float64Array(fold.length * outputs);
  fold.forEach((own, row) => logits.set(boosters[own]!.logits.subarray(row * outputs, (row + 1) * outputs), row * outputs));
  return classLogs(logits, classes);
}

function lossOf(logs: Float32Array, { classes, predicted, failures, weights }: ClassProblem): number {
  const own = new Float64Array(classes);
  const logits = Float64Array.from(predicted, (label, row) => {
    for (let k = 0; k < classes; k++) own[k] = logs[row * classes + k]!;
    return failureLogitOf(own, label);
  });
  return meanLogLoss(logits, failures, weights);
}
