import { designLogits, designOf } from '../linear/design.js';
import type { Division } from '../linear/folds.js';
import { fitLogistic } from '../linear/logistic.js';
import { clipScore, failureLogitOf, meanLogLoss } from '../linear/numerics.js';
import { evaluateMembers } from '../training/net-evaluation.js';
import { concatenated } from '../training/pick-rows.js';
import { trainNets } from '../training/net-trainer.js';
import type { NetHooks, NetTask, NetWeights } from '../training/net-types.js';
import type { NetPlan } from './net-plan.js';

export interface SecondOpinionData {
  readonly task: NetTask;
  readonly failures: Uint8Array;
  /** What each row counts when snapshots are compared; null: all the same. */
  readonly weights: Float64Array | null;
  /** Predicted class of each row (softmax head); null with a sigmoid head. */
  readonly predicted: Int32Array | null;
  /** What a mirror multiplies each input of the nets by, 1 or -1; null where rows mean something else in it. */
  readonly signs: Float32Array | null;
}

export interface SecondOpinion {
  /** One net per fold and division, all of them serve. */
  readonly weights: NetWeights;
  readonly outOfFold: Float64Array;
  /** Steps after which the weights were taken. */
  readonly steps: number;
  /** Re-scaled out-of-fold log loss after each snapshot. */
  readonly losses: readonly number[];
}

const LEARNING_RATE = 2e-3;
const WEIGHT_DECAY = { softmax: 0.5, sigmoid: 1.5 } as const;

/**
 * Trains the second-opinion nets, residuals on the pool: one per fold and division, on the fold's other rows that have a
 * target (>= 0). Of all snapshots the one whose held-out scores have the lowest log loss after re-scaling is kept for all nets
 * (early stopping by raw log loss would stop too soon, since the ensemble mends over-fitting of its members).
 */
export async function fitSecondOpinion(
  data: SecondOpinionData, divisions: readonly Division[], plan: NetPlan, seed: number, hooks: NetHooks,
): Promise<SecondOpinion> {
  const { task, failures, weights: counts, signs } = data;
  const members = divisions.flatMap((division) => division.training.map((rows) => rows.filter((row) => task.targets[row]! >= 0)));
  const heldOut = divisions.flatMap((division) => division.heldOut);
  const taught = signs === null ? { task, members } : { task: withMirrorImages(task, signs), members: members.map((rows) => withImages(rows, task.rows)) };
  const snapshots = await trainNets(taught.task, taught.members, {
    hidden: plan.hidden, batchSize: plan.batchSize, steps: plan.steps, snapshots: plan.snapshots,
    learningRate: LEARNING_RATE, weightDecay: WEIGHT_DECAY[task.head], zeroOutput: true, seed,
  }, hooks);
  let best: Omit<SecondOpinion, 'losses'> | null = null;
  const losses: number[] = [];
  for (const [index, weights] of snapshots.entries()) {
    hooks.signal?.throwIfAborted();
    const outputs = await evaluateMembers(weights, task.inputs, task.rows, heldOut);
    const outOfFold = new Float64Array(task.rows);
    outputs.forEach((corrections, m) => addScores(data, corrections, heldOut[m]!, outOfFold, divisions.length));
    const loss = rescaledLogLoss(outOfFold, failures, counts);
    if (best === null || loss < Math.min(...losses)) best = { weights, outOfFold, steps: plan.snapshots[index]! };
    losses.push(loss);
  }
  return { ...best!, losses };
}

/** The rows, and after them their mirror images, of which the same is known. */
function withMirrorImages(task: NetTask, signs: Float32Array): NetTask {
  const images = task.inputs.map((value, i) => value * signs[i % task.width]!);
  return {
    ...task,
    rows: 2 * task.rows,
    inputs: concatenated([task.inputs, images]),
    offsets: task.offsets === null ? null : concatenated([task.offsets, task.offsets]),
    targets: Int32Array.from({ length: 2 * task.rows }, (_, i) => task.targets[i % task.rows]!),
  };
}

function withImages(rows: Int32Array, count: number): Int32Array {
  return Int32Array.from({ length: 2 * rows.length }, (_, i) => (i < rows.length ? rows[i]! : rows[i - rows.length]! + count));
}

/** Log loss of the scores after the best re-scaling, a logistic regression with prior slope 1. */
export function rescaledLogLoss(scores: Float64Array, failures: Uint8Array, weights: Float64Array | null = null): number {
  const design = designOf(scores.length, [{ width: 1, data: scores }]);
  const { coefficients } = fitLogistic(design, failures, { mean: Float64Array.of(0, 1), precision: Float64Array.of(1, 4) }, null, undefined, weights);
  return meanLogLoss(designLogits(design, coefficients), failures, weights);
}

/** Adds each held-out row's failure logit, divided by the number of divisions. */
function addScores(
  { task, predicted }: SecondOpinionData, corrections: Float32Array, rows: Int32Array, sums: Float64Array, repeats: number,
): void {
  const { outputs, offsets } = task;
  const logits = new Float64Array(outputs);
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r]!;
    for (let k = 0; k < outputs; k++) logits[k] = corrections[r * outputs + k]! + (offsets === null ? 0 : offsets[row * outputs + k]!);
    const score = predicted === null ? logits[0]! : failureLogitOf(logits, predicted[row]!);
    sums[row]! += clipScore(score) / repeats;
  }
}
