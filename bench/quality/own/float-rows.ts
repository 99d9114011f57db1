import { concatenated } from '../../../src/meta/training/pick-rows.js';

const ROWS_A_BLOCK = 1024;

/** Rows of numbers whose count is not known beforehand. */
export class FloatRows {
  readonly #width: number;
  readonly #blocks: Float32Array[] = [];
  #rows = 0;

  constructor(width: number) {
    this.#width = width;
  }

  /** The next row, to be filled. */
  next(): Float32Array {
    const at = this.#rows % ROWS_A_BLOCK;
    if (at === 0) this.#blocks.push(new Float32Array(ROWS_A_BLOCK * this.#width));
    this.#rows++;
    return (this.#blocks.at(-1) ?? new Float32Array(0)).subarray(at * this.#width, (at + 1) * this.#width);
  }

  /** All rows, row-major. */
  all(): Float32Array {
    return concatenated(this.#blocks).subarray(0, this.#rows * this.#width);
  }
}
