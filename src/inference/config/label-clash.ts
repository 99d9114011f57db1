import type { Evidence } from './evidence.js';
import { textsOf } from './label-output.js';
import { areDistributions, numbersOf, seenRows } from './seen-values.js';

/** How the labels of a model stand to its scores in the warm-up runs: the largest score names the label, the smallest does, or neither. */
export type LabelSense = 'largest' | 'smallest' | 'neither';

function extreme(row: readonly number[], sign: 1 | -1): number | null {
  const most = Math.max(...row.map((value) => sign * value));
  const first = row.findIndex((value) => sign * value === most);
  // A tie tells nothing.
  return row.filter((value) => sign * value === most).length === 1 ? first : null;
}

/**
 * Compares the label output with the scores, class by class, in the warm-up runs. Probabilities are beyond doubt: classifiers that calibrate them
 * decide by other numbers, and rightly.
 */
export function labelSense(evidence: Evidence, output: string, width: number, labelOutput: string, names: readonly string[]): LabelSense {
  if (areDistributions(seenRows(evidence, output, width))) return 'largest';
  let largest = true;
  let smallest = true;
  for (const { outputs } of evidence.observations) {
    const [scores, labels] = [outputs[output], outputs[labelOutput]];
    if (scores === undefined || labels === undefined) continue;
    const numbers = numbersOf(scores);
    textsOf(labels).forEach((label, row) => {
      const own = numbers.slice(row * width, (row + 1) * width);
      const [most, least] = [extreme(own, 1), extreme(own, -1)];
      largest = largest && (most === null || names[most] === label);
      smallest = smallest && (least === null || names[least] === label);
    });
  }
  return largest ? 'largest' : smallest ? 'smallest' : 'neither';
}
