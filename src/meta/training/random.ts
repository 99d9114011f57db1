import { mix32 } from '../../core/mix-bits.js';

const GOLDEN_GAMMA = 0x9e3779b9;
const TWO_TO_32 = 0x1_0000_0000;

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/**
 * xoshiro128** (Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators"): 32-bit integers, period
 * 2^128 - 1. The four words of the state must not all be zero.
 */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result >>> 0;
  };
}

/** A deterministic source of random numbers. */
export interface Random {
  /** Uniform in [0, 1), in steps of 2^-32. */
  uniform(): number;
  /** Uniform integer in [0, bound); bound from 1 to 2^32. */
  int(bound: number): number;
  /** Standard normal. */
  normal(): number;
  /** Puts the values into a uniformly random order, in place (Fisher and Yates). */
  shuffle(values: Int32Array): void;
}

class XoshiroRandom implements Random {
  readonly #next: () => number;
  #spare: number | null = null;

  constructor(next: () => number) {
    this.#next = next;
  }

  uniform(): number {
    return this.#next() / TWO_TO_32;
  }

  int(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > TWO_TO_32) {
      throw new RangeError(`bound must be an integer from 1 to 2^32, not ${bound}`);
    }
    // Values of the last, incomplete run of `bound` values are thrown away, so that all remainders are equally likely.
    const limit = TWO_TO_32 - (TWO_TO_32 % bound);
    let value = this.#next();
    while (value >= limit) value = this.#next();
    return value % bound;
  }

  /** Marsaglia and Bray's polar method; the second value of a pair is kept for the next call. */
  normal(): number {
    if (this.#spare !== null) {
      const value = this.#spare;
      this.#spare = null;
      return value;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) {
        const scale = Math.sqrt((-2 * Math.log(square)) / square);
        this.#spare = y * scale;
        return x * scale;
      }
    }
  }

  shuffle(values: Int32Array): void {
    for (let last = values.length - 1; last > 0; last--) {
      const other = this.int(last + 1);
      const kept = values[last] ?? 0;
      values[last] = values[other] ?? 0;
      values[other] = kept;
    }
  }
}

/**
 * A source for a seed (an integer from 0 to 2^53 - 1) and a stream (from 0 to 2^32 - 1). Different streams of one seed
 * are independent, so that what one part of a program draws never shifts what another part gets.
 */
export function createRandom(seed: number, stream = 0): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`seed must be an integer from 0 to 2^53 - 1, not ${seed}`);
  const a = mix32((seed >>> 0) + GOLDEN_GAMMA);
  const b = mix32(Math.floor(seed / TWO_TO_32) + 2 * GOLDEN_GAMMA + a);
  const c = mix32(stream + 3 * GOLDEN_GAMMA + b);
  const d = mix32(4 * GOLDEN_GAMMA + c);
  const next = xoshiro128([a, b, c, d | 1]);
  // The first outputs of a state with few set bits are correlated with the state.
  for (let round = 0; round < 8; round++) next();
  return new XoshiroRandom(next);
}
