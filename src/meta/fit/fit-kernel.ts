import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { emitKernelPoints, jointScale, type KernelKind, type KernelScale } from '../kernel/kernel-points.js';
import { emitKernelLogs, leastShare, type KernelClassifier, type KernelOpinion } from '../kernel/kernel-score.js';
import { fitRidge, type RidgeHooks } from '../kernel/ridge.js';
import type { Division } from '../linear/folds.js';
import { fitPool } from '../linear/multinomial-pool.js';
import { clipScore, failureLogitOf } from '../linear/numerics.js';
import { pickRows } from '../training/pick-rows.js';
import type { ColumnSet } from './column-set.js';
import { knownRows } from './known-rows.js';
import { runStage } from './staged-run.js';

/** What a kernel expert is fitted on; every row has a class score. */
export interface KernelData {
  readonly rows: number;
  readonly classes: number;
  /** Xi. */
  readonly transformed: ColumnSet;
  readonly logProbabilities: ColumnSet;
  readonly predicted: Int32Array;
  /** True class of each row; negative where it is not known. */
  readonly labels: Int32Array;
}

export interface FittedKernel {
  readonly opinion: KernelOpinion;
  /** Out-of-fold failure logit of each row, before it is re-scaled. */
  readonly scores: Float32Array;
  readonly penalty: number;
}

const CHUNK = 512;
/** Gamma by the inverse of the median squared distance, chosen on the quality benchmark's development seeds. */
const SHARPNESS = { inputs: 4, joint: 6 } as const satisfies Record<KernelKind, number>;
const UNSCALED: KernelScale = { inputs: 1, probabilities: 0 };

/** Fits one kernel expert: the regression, what it says of rows that it has not seen, and the pool of both with the base model. */
export async function fitKernel(kind: KernelKind, data: KernelData, division: Division, hooks: RidgeHooks): Promise<FittedKernel> {
  const { rows, classes, transformed, logProbabilities, labels } = data;
  const scale = kind === 'joint' ? jointScale(transformed.data, transformed.width, logProbabilities.data, classes) : UNSCALED;
  const points = await pointsOf(kind, data, scale, hooks);
  const known = knownRows(labels);
  const shares = sharesOf(labels, known, classes);
  const base = kind === 'joint' ? logProbabilities.data.map(Math.exp) : null;
  const baseOf = (row: number, k: number): number => (base === null ? shares[k]! : base[row * classes + k]!);
  const targets = targetsOf(labels, classes, baseOf);
  const ridge = await fitRidge({ points: points.data, width: points.width, targets, classes, known, sharpness: SHARPNESS[kind] }, division, hooks);
  const classifier: KernelClassifier = { kind, scale, classes, centres: ridge.centres, gamma: ridge.gamma, coefficients: ridge.coefficients, shares };
  const logs = new Float32Array(rows * classes);
  const least = leastShare(classes);
  ridge.learnt.forEach((row, at) => {
    for (let k = 0; k < classes; k++) logs[row * classes + k] = Math.log(Math.max(least, ridge.heldOut[at * classes + k]! + baseOf(row, k)));
  });
  await fillOthers(logs, ridge.learnt, data, classifier, hooks);
  const pool = fitPool({ classes, logProbabilities: logProbabilities.data, affinities: logs, truths: labels, rows: known });
  return { opinion: { classifier, pool }, scores: scoresOf(data, logs, pool, rows), penalty: ridge.penalty };
}

async function pointsOf(kind: KernelKind, data: KernelData, scale: KernelScale, hooks: RidgeHooks): Promise<ColumnSet> {
  if (kind === 'inputs') return data.transformed;
  return overRows(data, (graph, { transformed, logProbabilities }) => emitKernelPoints(graph, kind, transformed, logProbabilities, scale), hooks);
}

/** What the regression says of the rows that it did not learn from. */
async function fillOthers(
  logs: Float32Array, learnt: Int32Array, { rows, classes, transformed, logProbabilities }: KernelData, classifier: KernelClassifier, hooks: RidgeHooks,
): Promise<void> {
  const isLearnt = new Uint8Array(rows);
  for (const row of learnt) isLearnt[row] = 1;
  const others = Int32Array.from(isLearnt.keys()).filter((row) => isLearnt[row] === 0);
  if (others.length === 0) return;
  const picked = ({ width, data }: ColumnSet): ColumnSet => ({ width, data: pickRows(data, width, others) });
  const inputs = { rows: others.length, transformed: picked(transformed), logProbabilities: picked(logProbabilities) };
  const { data } = await overRows(inputs, (graph, values) => emitKernelLogs(graph, values, classifier), hooks);
  others.forEach((row, at) => logs.set(data.subarray(at * classes, (at + 1) * classes), row * classes));
}

type Emit = (graph: GraphBuilder, inputs: { readonly transformed: Value; readonly logProbabilities: Value }) => Value;

async function overRows({ rows, transformed, logProbabilities }: Pick<KernelData, 'rows' | 'transformed' | 'logProbabilities'>, emit: Emit, { signal }: RidgeHooks): Promise<ColumnSet> {
  const { values } = await runStage({
    rows, chunk: CHUNK, feeds: { transformed, logProbabilities },
    emit: (graph, inputs) => ({ values: emit(graph, { transformed: inputs.transformed!, logProbabilities: inputs.logProbabilities! }) }),
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

/** Shares of the classes, with one more label of each. */
function sharesOf(labels: Int32Array, known: Int32Array, classes: number): Float32Array {
  const counts = new Float32Array(classes).fill(1);
  for (const row of known) counts[labels[row]!]! += 1;
  return counts.map((count) => count / (known.length + classes));
}

function scoresOf({ classes, logProbabilities, predicted }: KernelData, logs: Float32Array, pool: KernelOpinion['pool'], rows: number): Float32Array {
  const logits = new Float64Array(classes);
  return Float32Array.from({ length: rows }, (_, row) => {
    for (let k = 0; k < classes; k++) {
      const at = row * classes + k;
      logits[k] = pool.logProbability * logProbabilities.data[at]! + pool.affinity * logs[at]!;
    }
    return clipScore(failureLogitOf(logits, predicted[row]!));
  });
}
