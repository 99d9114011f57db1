import { mix32 } from '../../core/mix-bits.js';
import { textHash } from '../../core/row-draw.js';

/** The logarithms of the numbers of words and characters. */
export const TEXT_LENGTHS = 2;
/** Buckets below which words only collide: such texts are hashed whole. */
export const LEAST_TEXT_WIDTH = 16;

/** Words of so many letters or more count 1; shorter ones are mostly the same in every text (Zipf 1935). */
const FULL_WORD = 8;
/** What the letters of a word count together, the word itself being 1 (as a sum of squares, 4). */
const LETTERS = 2;
/** Of each value; what comes after tells little more, and hashing is done where the request is read. */
const MOST_CHARACTERS = 4000;
/** Of logarithms of lengths, beside buckets of mean square 1. */
export const LENGTH_SCALE = 0.3;
const SPACE = 32;

/** Multipliers of xxHash (Collet), which spread the bits of a code unit. */
const [FIRST, SECOND, THIRD] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d] as const;

/** Letters and digits of all scripts, by UTF-16 code unit of a text in lower case: all but ASCII and general and CJK punctuation is taken for letters. */
function isLetter(unit: number): boolean {
  if (unit < 128) return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57);
  return unit !== 0xa0 && !(unit >= 0x2000 && unit <= 0x206f) && !(unit >= 0x3000 && unit <= 0x303f);
}

/** Adds a word or a part of one to its bucket, with the sign that its highest bit says. */
function put(buckets: Float32Array, hash: number, weight: number): void {
  const bits = mix32(hash) >>> 0;
  const at = (bits & 0x7fffffff) % buckets.length;
  buckets[at] = (buckets[at] ?? 0) + (bits >>> 31 === 0 ? weight : -weight);
}

/** Adds the word [start, end) of a text and its trigrams. */
function putWord(buckets: Float32Array, text: string, start: number, end: number): void {
  const weight = Math.min(1, (end - start) / FULL_WORD);
  put(buckets, textHash(text.slice(start, end)), weight);
  const part = (LETTERS * weight) / Math.sqrt(end - start);
  for (let i = start; i < end; i++) {
    const before = i === start ? SPACE : text.charCodeAt(i - 1);
    const after = i + 1 === end ? SPACE : text.charCodeAt(i + 1);
    put(buckets, Math.imul(before, FIRST) ^ Math.imul(text.charCodeAt(i), SECOND) ^ Math.imul(after, THIRD), part);
  }
}

/** Adds every word of a text to the buckets; returns how many there are. */
function putText(buckets: Float32Array, text: string): number {
  let words = 0;
  for (let at = 0; at < text.length; ) {
    if (!isLetter(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const start = at;
    while (at < text.length && isLetter(text.charCodeAt(at))) at++;
    putWord(buckets, text, start, at);
    words++;
  }
  return words;
}

/** To mean square 1, whatever the length of the text; nothing stays nothing. */
function normalize(buckets: Float32Array): void {
  const norm = Math.sqrt(buckets.reduce((sum, value) => sum + value * value, 0));
  if (norm === 0) return;
  const scale = Math.sqrt(buckets.length) / norm;
  for (let j = 0; j < buckets.length; j++) buckets[j] = (buckets[j] ?? 0) * scale;
}

/**
 * Free texts as numbers: each row's words and the trigrams of their letters by the hashing trick (Weinberger et al., ICML 2009) into `width` - 2 signed
 * buckets of mean square 1, so that products between rows are those of their bags of words and trigrams up to chance (trigrams: as in fastText, Bojanowski
 * et al. 2017), and the logarithms of the numbers of words and characters. `values` holds the same number of texts for each of `rows` rows, row
 * by row; only the first 4,000 characters of each are read. Upper and lower case are the same. Returns float32 rows x width.
 */
export function hashTexts(values: readonly string[], rows: number, width: number): Float32Array {
  const hashed = new Float32Array(rows * width);
  const perRow = values.length / rows;
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * width - TEXT_LENGTHS;
    const buckets = hashed.subarray(row * width, end);
    let [words, characters] = [0, 0];
    for (let i = row * perRow; i < (row + 1) * perRow; i++) {
      const text = (values[i] ?? '').slice(0, MOST_CHARACTERS).toLowerCase();
      words += putText(buckets, text);
      characters += text.length;
    }
    normalize(buckets);
    hashed[end] = LENGTH_SCALE * Math.log1p(words);
    hashed[end + 1] = LENGTH_SCALE * Math.log1p(characters);
  }
  return hashed;
}
