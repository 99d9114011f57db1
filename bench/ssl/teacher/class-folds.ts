import { createRandom } from '../../../src/meta/training/random.js';

export const FOLDS = 5;
const STREAM = 0x552;

/** The fold (0 to 4) of each row: equal sizes (+-1), every class spread as evenly as it can be. */
export function classFolds(truths: Int32Array, seed: number): Uint8Array {
  const order = Int32Array.from(truths.keys());
  createRandom(seed, STREAM).shuffle(order);
  const byClass = Array.from(order).sort((a, b) => truths[a]! - truths[b]!);
  const folds = new Uint8Array(truths.length);
  byClass.forEach((row, position) => (folds[row] = position % FOLDS));
  return folds;
}
