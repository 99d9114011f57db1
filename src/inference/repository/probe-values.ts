import type { SyntheticValues } from './synthetic-inputs.js';

/** A sequence of numbers in [0, 1) that is the same in every start (mulberry32, public domain, T. Ettinger). */
function uniformNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes the same values anew for every run; null stands for zeros and empty texts. */
export type ValueKind = () => SyntheticValues | null;

/** Integers are 0 or 1, which nearly every vocabulary and category has; texts are digits, which can be read as numbers too. */
function random(seed: number, least: number, most: number): () => SyntheticValues {
  return () => {
    const next = uniformNumbers(seed);
    const bit = () => (next() < 0.5 ? 0 : 1);
    return { float: () => least + (most - least) * next(), integer: bit, text: () => String(bit()) };
  };
}

export const ZEROS: ValueKind = () => null;
export const UNIFORM = random(1, 0, 1);
export const UNIFORM_AGAIN = random(2, 0, 1);
export const WIDE = random(3, -8, 8);
export const ONES: ValueKind = () => ({ float: () => 1, integer: () => 1, text: () => '1' });

/** Random numbers, but integers and texts that are everywhere the same: the first index and the empty text. */
export const CALM: ValueKind = () => ({ float: uniformNumbers(4), integer: () => 0, text: () => '' });

const WORDS_IN_TURN = ['yes', 'a good day', 'No, it is not', '7', 'Red blue green, and 2 more'];

/** As UNIFORM_AGAIN, with texts of other words and lengths in every place. */
export const WORDS: ValueKind = () => {
  let texts = 0;
  return { ...UNIFORM_AGAIN(), text: () => WORDS_IN_TURN[texts++ % WORDS_IN_TURN.length] ?? '' };
};
