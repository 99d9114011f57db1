import { least, type Selection } from './selection.js';
import type { ScaledSplit } from '../data/scaled.js';
import { labelsOf, trainStudents, type Student } from './train-students.js';

/** Shares of the unlabelled rows, cycle by cycle. */
export const CYCLES = [0.2, 0.4, 0.6, 0.8, 1] as const;

export interface Cycle {
  readonly share: number;
  readonly selection: Selection;
  readonly student: Student;
}

/** rows: 1 - the largest probability under logits. */
export function doubtsOf(logits: Float32Array, rows: number): Float64Array {
  const classes = logits.length / rows;
  return Float64Array.from({ length: rows }, (_, row) => {
    const own = logits.subarray(row * classes, (row + 1) * classes);
    const most = Math.max(...own);
    let others = 0;
    const at = own.indexOf(most);
    own.forEach((logit, k) => (others += k === at ? 0 : Math.exp(logit - most)));
    return others / (1 + others);
  });
}

/**
 * Curriculum labeling (Cascante-Bonilla et al., AAAI 2021): the surest 20 % of the unlabelled rows with the labels of the net before, a new net
 * from scratch, then 40 %, and so on to all. It begins with the net of the labelled rows.
 */
export async function runCurriculum(inputs: ScaledSplit, first: { readonly labels: Int32Array; readonly doubts: Float64Array }, seed: number): Promise<readonly Cycle[]> {
  const cycles: Cycle[] = [];
  const rows = first.labels.length;
  let { labels, doubts } = first;
  for (const share of CYCLES) {
    const selection = { rows: least(doubts, Math.round(share * rows)), labels };
    const [student] = await trainStudents(inputs, [selection], seed);
    if (student === undefined) throw new Error('no student was trained');
    cycles.push({ share, selection, student });
    labels = labelsOf(student.pool, rows);
    doubts = doubtsOf(student.pool, rows);
  }
  return cycles;
}
