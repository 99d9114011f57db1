import { createRandom } from '../../../src/meta/training/random.js';
import type { Doubted } from './filter.js';

const STREAM = 0x5e31;

/** Pairs of a row and a label: `rows` x `width` inputs of the rewarder. */
export interface Pairs {
  readonly rows: number;
  readonly width: number;
  readonly inputs: Float32Array;
}

/** Logarithms of probabilities are of this size at most, and are divided by a number that brings them near 1. */
const LEAST_LOG = -12;
const LOG_SCALE = 4;

const logOf = (p: number): number => Math.max(LEAST_LOG, Math.log(p)) / LOG_SCALE;

/** Each row with one label: logarithms of the row's probabilities, the label, and the logarithm of the label's probability. */
export function pairsOf({ rows, classes, probabilities }: Pick<Doubted, 'rows' | 'classes' | 'probabilities'>, labels: Int32Array): Pairs {
  const width = 2 * classes + 1;
  const inputs = new Float32Array(rows * width);
  labels.forEach((label, row) => {
    const pair = inputs.subarray(row * width, (row + 1) * width);
    for (let k = 0; k < classes; k++) pair[k] = logOf(probabilities[row * classes + k]!);
    pair[classes + label] = 1;
    pair[2 * classes] = logOf(probabilities[row * classes + label]!);
  });
  return { rows, width, inputs };
}

/** For each row a label that is not its true one, at random. */
export function wrongLabels(truths: Int32Array, classes: number, seed: number): Int32Array {
  const random = createRandom(seed, STREAM);
  return truths.map((truth) => (truth + 1 + random.int(classes - 1)) % classes);
}
