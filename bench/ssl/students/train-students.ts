import { evaluateNets, memberWeights } from '../../../src/meta/training/net-evaluation.js';
import { trainNets } from '../../../src/meta/training/net-trainer.js';
import type { NetWeights } from '../../../src/meta/training/net-types.js';
import { concatenated } from '../../../src/meta/training/pick-rows.js';
import type { ScaledSplit } from '../data/scaled.js';
import type { Selection } from './selection.js';

/** The same for every student, whatever it is given: the net of the benchmarks, trained for as many steps. */
const PLAN = { hidden: 64, batchSize: 64, steps: 2000, snapshots: [2000], learningRate: 1e-3, weightDecay: 0.01, zeroOutput: false } as const;
/** Nets that are trained side by side: bounds the memory. */
const AT_ONCE = 8;

/** A trained student. */
export interface Student {
  /** rows x classes: logits for the unlabelled rows. */
  readonly pool: Float32Array;
  /** Share of the test rows that are right. */
  readonly accuracy: number;
}

/** Trains a student on the labelled rows and each selection, by the product's own trainer, all from the same seed. */
export async function trainStudents(inputs: ScaledSplit, selections: readonly Selection[], seed: number): Promise<readonly Student[]> {
  const students: Student[] = [];
  for (let start = 0; start < selections.length; start += AT_ONCE) {
    students.push(...(await trainSome(inputs, selections.slice(start, start + AT_ONCE), seed)));
  }
  return students;
}

async function trainSome({ width, classes, labelled, unlabelled, test }: ScaledSplit, selections: readonly Selection[], seed: number): Promise<readonly Student[]> {
  // The unlabelled rows once for each distinct list of labels.
  const lists = [...new Set(selections.map(({ labels }) => labels))];
  const values = concatenated([labelled.values, ...lists.map(() => unlabelled.values)]);
  const targets = Int32Array.from([labelled.truths, ...lists].flatMap((labels) => [...labels]));
  const members = selections.map(({ rows, labels }) => {
    const offset = labelled.rows + lists.indexOf(labels) * unlabelled.rows;
    return Int32Array.from([...Array(labelled.rows).keys(), ...Array.from(rows, (row) => offset + row)]);
  });
  const [weights] = await trainNets({ head: 'softmax', inputs: values, rows: targets.length, width, outputs: classes, offsets: null, targets }, members, { ...PLAN, seed });
  if (weights === undefined) throw new Error('the training gave no nets');
  const students: Student[] = [];
  for (let member = 0; member < members.length; member++) {
    const own: NetWeights = memberWeights(weights, member);
    students.push({ pool: await evaluateNets(own, unlabelled.values, unlabelled.rows), accuracy: accuracyOf(await evaluateNets(own, test.values, test.rows), test.truths) });
  }
  return students;
}

/** The index of the largest of each row's logits. */
export function labelsOf(logits: Float32Array, rows: number): Int32Array {
  const classes = logits.length / rows;
  return Int32Array.from({ length: rows }, (_, row) => {
    const own = logits.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own));
  });
}

function accuracyOf(logits: Float32Array, truths: Int32Array): number {
  const labels = labelsOf(logits, truths.length);
  return labels.reduce((sum, label, row) => sum + (label === truths[row] ? 1 : 0), 0) / truths.length;
}
