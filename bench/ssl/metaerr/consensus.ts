import type { KernelContext } from '../../../src/meta/fit/fit-kernel.js';
import { CONSENSUS } from '../../../src/meta/fit/kernel-experts.js';
import { opinionOf } from '../../../src/meta/fit/label-free-consensus.js';
import { runStage } from '../../../src/meta/fit/staged-run.js';
import { emitKernelLogs, type KernelClassifier } from '../../../src/meta/kernel/kernel-score.js';
import { concatenated, otherRows, pickRows } from '../../../src/meta/training/pick-rows.js';
import type { FilterInput } from '../filters/filter.js';
import { FOLDS } from '../teacher/class-folds.js';
import type { Division } from '../teacher/teachers.js';
import type { Opinion } from './opinion.js';
import { PARTS, poolParts } from './pool-parts.js';
import { probabilitiesOf } from './probabilities.js';

const CHUNK = 512;
/** Logarithm of the probability of a class that a labelled row is not of. */
const NEVER = Math.log(1e-9);

/** rows x classes: what the regression says of points (rows x width), each row's shares summing to 1. */
async function sharesOf(data: Float32Array, width: number, classifier: KernelClassifier): Promise<Float64Array> {
  const { values } = await runStage({
    rows: data.length / width, chunk: CHUNK, feeds: { points: { width, data } },
    emit: (graph, { points }) => ({ values: emitKernelLogs(graph, { points: points!, logProbabilities: points! }, classifier) }),
  });
  return normalized(Float64Array.from(values!.data, Math.exp), classifier.classes);
}

function normalized(sums: Float64Array, classes: number): Float64Array {
  const totals = new Float64Array(sums.length / classes);
  sums.forEach((sum, at) => (totals[Math.floor(at / classes)]! += sum));
  return sums.map((sum, at) => sum / totals[Math.floor(at / classes)]!);
}

/** Labelled rows with their true classes, then unlabelled rows with the probabilities of a net (rows x classes), as the consensus reads them. */
function lessons({ labelled, pool }: FilterInput, known: Int32Array, unknown: Int32Array, probabilities: Float64Array): KernelContext {
  const { classes, width } = pool;
  const logs = new Float32Array((known.length + unknown.length) * classes).fill(NEVER);
  known.forEach((row, at) => (logs[at * classes + labelled.truths[row]!] = 0));
  unknown.forEach((row, at) => {
    for (let k = 0; k < classes; k++) logs[(known.length + at) * classes + k] = Math.max(NEVER, Math.log(probabilities[row * classes + k]!));
  });
  const points = concatenated([pickRows(labelled.values, width, known), pickRows(pool.values, width, unknown)]);
  return { rows: known.length + unknown.length, points: { width, data: points }, logProbabilities: { width: classes, data: logs } };
}

/**
 * The service's consensus (decision 18) in one division: a kernel regression learns the labels of four folds and, of unlabelled rows, the
 * probabilities of the net that those labels trained. It says what the rows of the fifth fold are, and the unlabelled rows that it has not
 * learnt from: each of the five learns from one half of them and answers for the other; `turn` says which begins. So no label that is in
 * question has had a share in it, by way of a net neither.
 */
export async function consensusOpinion(input: FilterInput, { folds, nets }: Division, turn: number): Promise<Opinion> {
  const { labelled, pool } = input;
  const { classes, width } = pool;
  const halves = poolParts(pool.rows, PARTS, input.seed);
  const budget = new Float64Array(labelled.rows * classes);
  const sums = new Float64Array(pool.rows * classes);
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = Int32Array.from(folds.keys()).filter((row) => folds[row] === fold);
    const own = halves[(fold + turn) % PARTS]!;
    const context = lessons(input, otherRows(labelled.rows, held), otherRows(pool.rows, own), probabilitiesOf(nets[fold]!.unlabelled));
    const classifier = await opinionOf({ ...context, signs: null }, CONSENSUS.sharpness, {});
    const mine = await sharesOf(pickRows(labelled.values, width, held), width, classifier);
    held.forEach((row, at) => budget.set(mine.subarray(at * classes, (at + 1) * classes), row * classes));
    const theirs = await sharesOf(pickRows(pool.values, width, own), width, classifier);
    own.forEach((row, at) => {
      for (let k = 0; k < classes; k++) sums[row * classes + k]! += theirs[at * classes + k]!;
    });
  }
  return { budget, pool: normalized(sums, classes) };
}
