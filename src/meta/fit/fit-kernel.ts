import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { emitKernelPoints, jointScale, pointSigns, type KernelKind, type KernelScale } from '../kernel/kernel-points.js';
import { emitKernelLogs, leastShare, type KernelClassifier, type KernelOpinion } from '../kernel/kernel-score.js';
import { fitRidge, type RidgeContext, type RidgeHooks } from '../kernel/ridge.js';
import type { RidgePlan } from '../kernel/ridge-plan.js';
import type { Division } from '../linear/folds.js';
import { BASE_ALONE, HALF_EACH } from '../linear/multinomial-pool.js';
import { otherRows, pickRows } from '../training/pick-rows.js';
import { classShares, lessShares } from './class-shares.js';
import type { ColumnSet } from './column-set.js';
import { knownRows } from './known-rows.js';
import { poolOpinion, type AnsweredRows } from './pool-opinion.js';
import { runStage } from './staged-run.js';

/** What a kernel expert is fitted on; every row has a class score. */
export interface KernelData extends AnsweredRows {
  /** Where the rows lie. */
  readonly points: ColumnSet;
  /** What a mirror multiplies each number of it by; null where that is not known. */
  readonly signs: Float32Array | null;
}

/** Predictions without a ground truth: columns as in KernelData. */
export interface KernelContext {
  readonly rows: number;
  readonly points: ColumnSet;
  readonly logProbabilities: ColumnSet;
}

/** What tells one kernel expert from another. */
export interface KernelForm {
  readonly kind: KernelKind;
  /** Gamma by the inverse of the median squared distance. */
  readonly sharpness: number;
  /** What is tried; by default what suits the rows. */
  readonly plan?: RidgePlan | undefined;
}

export interface FittedKernel {
  readonly opinion: KernelOpinion;
  /** Out-of-fold failure logit of each row, before it is re-scaled. */
  readonly scores: Float32Array;
  readonly penalty: number;
}

const CHUNK = 512;
const UNSCALED: KernelScale = { inputs: 1, probabilities: 0 };

/**
 * Fits one kernel expert: the regression, what it says of rows that it has not seen, and the pool of both with the base model. With a
 * context (kind `inputs` only) the regression learns the base model's own probabilities where no truth is known: self-training (Scudder 1965) with
 * soft labels and a learner of another kind, which smooths over what the base model gets wrong beside neighbours that it gets right.
 */
export async function fitKernel({ kind, sharpness, plan }: KernelForm, data: KernelData, context: KernelContext | null, division: Division, hooks: RidgeHooks): Promise<FittedKernel> {
  const { rows, classes, logProbabilities, labels } = data;
  const scale = kind === 'joint' ? jointScale(data.points.data, data.points.width, logProbabilities.data, classes) : UNSCALED;
  const points = await pointsOf(kind, data, scale, hooks);
  const known = knownRows(labels);
  const guesses = context === null ? new Float32Array(0) : context.logProbabilities.data.map(Math.exp);
  const shares = classShares(labels, known, classes, guesses);
  const base = kind === 'joint' ? logProbabilities.data.map(Math.exp) : null;
  const baseOf = (row: number, k: number): number => (base === null ? shares[k]! : base[row * classes + k]!);
  const targets = targetsOf(labels, classes, baseOf);
  const signs = pointSigns(data.signs, points.width);
  const problem = { points: points.data, width: points.width, signs, targets, classes, known, sharpness, context: contextOf(context, guesses, shares), plan };
  const ridge = await fitRidge(problem, division, hooks);
  const classifier: KernelClassifier = { kind, scale, classes, centres: ridge.centres, gamma: ridge.gamma, signs, coefficients: ridge.coefficients, shares };
  const logs = new Float32Array(rows * classes);
  const least = leastShare(classes);
  ridge.learnt.forEach((row, at) => {
    for (let k = 0; k < classes; k++) logs[row * classes + k] = Math.log(Math.max(least, ridge.heldOut[at * classes + k]! + baseOf(row, k)));
  });
  await fillOthers(logs, ridge.learnt, data, classifier, hooks);
  const { pool, scores } = poolOpinion(data, logs, context === null ? BASE_ALONE : HALF_EACH);
  return { opinion: { classifier, pool }, scores, penalty: ridge.penalty };
}

/** The base model's probabilities less the classes' shares as targets. */
function contextOf(context: KernelContext | null, guesses: Float32Array, shares: Float32Array): RidgeContext | null {
  if (context === null) return null;
  return { rows: context.rows, points: context.points.data, targets: lessShares(guesses, shares) };
}

async function pointsOf(kind: KernelKind, data: KernelData, scale: KernelScale, hooks: RidgeHooks): Promise<ColumnSet> {
  if (kind === 'inputs') return data.points;
  return overRows(data, (graph, { points, logProbabilities }) => emitKernelPoints(graph, kind, points, logProbabilities, scale), hooks);
}

/** What the regression says of the rows that it did not learn from. */
async function fillOthers(
  logs: Float32Array, learnt: Int32Array, { rows, classes, points, logProbabilities }: KernelData, classifier: KernelClassifier, hooks: RidgeHooks,
): Promise<void> {
  const others = otherRows(rows, learnt);
  if (others.length === 0) return;
  const picked = ({ width, data }: ColumnSet): ColumnSet => ({ width, data: pickRows(data, width, others) });
  const inputs = { rows: others.length, points: picked(points), logProbabilities: picked(logProbabilities) };
  const { data } = await overRows(inputs, (graph, values) => emitKernelLogs(graph, values, classifier), hooks);
  others.forEach((row, at) => logs.set(data.subarray(at * classes, (at + 1) * classes), row * classes));
}

type Emit = (graph: GraphBuilder, inputs: { readonly points: Value; readonly logProbabilities: Value }) => Value;

async function overRows({ rows, points, logProbabilities }: Pick<KernelData, 'rows' | 'points' | 'logProbabilities'>, emit: Emit, { signal }: RidgeHooks): Promise<ColumnSet> {
  const { values } = await runStage({
    rows, chunk: CHUNK, feeds: { points, logProbabilities },
    emit: (graph, inputs) => ({ values: emit(graph, { points: inputs.points!, logProbabilities: inputs.logProbabilities! }) }),
  }, { signal });
  return values!;
}

/** Indicator of the true class less what stands there already; 0 where no class is known. */
function targetsOf(labels: Int32Array, classes: number, baseOf: (row: number, k: number) => number): Float32Array {
  const targets = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => {
    if (label < 0) return;
    for (let k = 0; k < classes; k++) targets[row * classes + k] = (k === label ? 1 : 0) - baseOf(row, k);
  });
  return targets;
}
