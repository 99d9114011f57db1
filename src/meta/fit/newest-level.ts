import { recentOffset } from '../linear/recent-offset.js';
import { columnOf, integersOf } from './column-set.js';
import type { Prepared, RecipeTask } from './recipe-task.js';

/** Classes whose shares are watched for a shift, at most. */
const MOST_CLASS_SIGNS = 50;

/** What is added to failure logits because the newest labelled rows are visibly other than those before (decision 19); 0: nothing shows. `logits`: of all rows, out of fold. */
export function newestOffset({ window: { rows, failures, weights } }: RecipeTask, prepared: Prepared, logits: Float64Array): number {
  return recentOffset({ logits, failures, weights, signs: signsOf(rows, prepared) });
}

/** What shows without a label that rows have changed: the summary columns and the predicted classes. */
function signsOf(rows: number, { signals, evidence: { summary } }: Prepared): Float32Array[] {
  const columns = Array.from({ length: summary?.width ?? 0 }, (_, column) => columnOf(summary!, column));
  const predicted = signals.predicted === null ? null : integersOf(signals.predicted);
  const classes = predicted === null ? [] : [...new Set(predicted)].slice(0, MOST_CLASS_SIGNS);
  return [...columns, ...classes.map((wanted) => Float32Array.from({ length: rows }, (_, row) => (predicted![row] === wanted ? 1 : 0)))];
}
