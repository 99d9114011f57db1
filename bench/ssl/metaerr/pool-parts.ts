import { createRandom } from '../../../src/meta/training/random.js';

/** Parts of the unlabelled rows: what learns from the rows of all others scores those of the one. */
export const PARTS = 2;
const STREAM = 0x555;

/** Divides rows at random into parts of equal size (+-1), each with its rows ascending. */
export function poolParts(rows: number, parts: number, seed: number): readonly Int32Array[] {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  createRandom(seed, STREAM).shuffle(order);
  return Array.from({ length: parts }, (_, part) => order.filter((_row, position) => position % parts === part).sort());
}
