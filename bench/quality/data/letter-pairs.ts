import type { StreamData } from './stream.js';

/** Letters at the first and at the second place of a pair: 10 x 10 = 100 classes. */
const LETTERS_A_PLACE = 10;

/**
 * A set of 100 classes out of Letter Recognition: each row is two rows side by side, the first showing one of the letters A to J,
 * the second one of K to T. Every letter row is used once at most, so no two pairs share a part.
 */
export function letterPairs(letter: StreamData): StreamData {
  const places = [0, LETTERS_A_PLACE].map((first) => rowsOfClasses(letter, first, first + LETTERS_A_PLACE));
  const [left = new Int32Array(), right = new Int32Array()] = places;
  const rows = Math.min(left.length, right.length);
  const width = 2 * letter.width;
  const values = new Float32Array(rows * width);
  const truths = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const [a = 0, b = 0] = [left[row], right[row]];
    values.set(letter.values.subarray(a * letter.width, (a + 1) * letter.width), row * width);
    values.set(letter.values.subarray(b * letter.width, (b + 1) * letter.width), row * width + letter.width);
    truths[row] = (letter.truths[a] ?? 0) * LETTERS_A_PLACE + (letter.truths[b] ?? 0) - LETTERS_A_PLACE;
  }
  return { name: 'letter-pairs', shape: [width], width, classes: LETTERS_A_PLACE ** 2, rows, values, truths };
}

function rowsOfClasses({ truths }: StreamData, from: number, to: number): Int32Array {
  return Int32Array.from(truths.keys()).filter((row) => (truths[row] ?? -1) >= from && (truths[row] ?? -1) < to);
}
