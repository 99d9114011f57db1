import { guardPrior } from '../linear/guard.js';
import { weightAt } from '../linear/numerics.js';
import { recentOffset } from '../linear/recent-offset.js';
import { fitStacker, type StackerWeights } from '../linear/stacker.js';
import { columnOf, integersOf } from './column-set.js';
import { crossFitStacker } from './cross-fit-stacker.js';
import type { FittedExperts } from './fit-experts.js';
import type { Prepared, RecipeTask } from './recipe-task.js';

/** Classes whose shares are watched for a shift, at most. */
const MOST_CLASS_SIGNS = 50;

/** How the experts are put together. */
export interface FittedStack {
  readonly stacker: StackerWeights;
  /** Out-of-fold failure logits of the whole. */
  readonly stacked: Float64Array;
  /** What a visible shift of the newest rows adds to the stacker's intercept. */
  readonly offset: number;
}

/** Stacker, guard and calibration in one, and the level of the newest rows (decision 19). */
export function fitStack(task: RecipeTask, prepared: Prepared, { scores, trees, isAnchored }: FittedExperts): FittedStack {
  const { window: { rows, failures, weights }, labelled: { form }, divisions } = task;
  const prior = guardPrior(fewerOutcomes(failures, weights), rows / form.references, { experts: scores.length, isAnchored, hasTrees: trees !== null });
  const crossFitted = crossFitStacker(scores, failures, prior, divisions, weights);
  const offset = recentOffset({ logits: crossFitted, failures, weights, signs: signsOf(rows, prepared) });
  const { intercept, weights: shares } = fitStacker(scores, failures, prior, null, weights);
  return { stacker: { intercept: intercept + offset, weights: shares }, stacked: crossFitted.map((logit) => logit + offset), offset };
}

/** What shows without a label that rows have changed: the summary columns and the predicted classes. */
function signsOf(rows: number, { signals, evidence: { summary } }: Prepared): Float32Array[] {
  const columns = Array.from({ length: summary?.width ?? 0 }, (_, column) => columnOf(summary!, column));
  const predicted = signals.predicted === null ? null : integersOf(signals.predicted);
  const classes = predicted === null ? [] : [...new Set(predicted)].slice(0, MOST_CLASS_SIGNS);
  return [...columns, ...classes.map((wanted) => Float32Array.from({ length: rows }, (_, row) => (predicted![row] === wanted ? 1 : 0)))];
}

/** The weight of the rarer outcome: what the guard knows. */
function fewerOutcomes(failures: Uint8Array, weights: Float64Array | null): number {
  const sums: [number, number] = [0, 0];
  failures.forEach((failure, i) => (sums[failure === 1 ? 1 : 0] += weightAt(weights, i)));
  return Math.min(...sums);
}
