import type { FilterInput } from '../filters/filter.js';
import { FOLDS } from '../teacher/class-folds.js';
import type { Division } from '../teacher/teachers.js';
import { spreadLabels, type Graph } from './label-spreading.js';
import type { Opinion } from './opinion.js';
import { meanOf, probabilitiesOf } from './probabilities.js';
import { smoothed } from './smoothing.js';

/** Two opinions that the labels of four folds give of the fifth and of the unlabelled rows, through the graph. */
export interface GraphOpinions {
  /** From the labels alone. */
  readonly spread: Opinion;
  /** From the labels and the probabilities of the net that those labels trained. */
  readonly smoothed: Opinion;
}

/** Opinions of one division; the means over its folds for the unlabelled rows. */
export function graphOpinions(graph: Graph, { labelled, pool }: FilterInput, division: Division): GraphOpinions {
  const { classes } = pool;
  const spread = collect(division, classes, (fold) => {
    const labels = new Int32Array(labelled.rows + pool.rows).fill(-1);
    division.folds.forEach((own, row) => (labels[row] = own === fold ? -1 : labelled.truths[row]!));
    return spreadLabels(graph, labels, classes);
  });
  const smooth = collect(division, classes, (fold) => {
    const net = division.nets[fold]!;
    const start = new Float64Array((labelled.rows + pool.rows) * classes);
    start.set(probabilitiesOf(net.labelled));
    start.set(probabilitiesOf(net.unlabelled), labelled.rows * classes);
    division.folds.forEach((own, row) => {
      if (own === fold) return;
      start.fill(0, row * classes, (row + 1) * classes);
      start[row * classes + labelled.truths[row]!] = 1;
    });
    return smoothed(graph, start, classes);
  });
  return { spread, smoothed: smooth };
}

function collect({ folds }: Division, classes: number, opinionWithout: (fold: number) => Float64Array): Opinion {
  const budget = new Float64Array(folds.length * classes);
  const pools: Float64Array[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const all = opinionWithout(fold);
    folds.forEach((own, row) => {
      if (own === fold) budget.set(all.subarray(row * classes, (row + 1) * classes), row * classes);
    });
    pools.push(all.subarray(folds.length * classes));
  }
  return { budget, pool: meanOf(pools) };
}
