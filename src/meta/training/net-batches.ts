import { createRandom } from './random.js';

/** First stream of the seed that batches draw from; member m uses this plus m. */
const FIRST_STREAM = 0x1000;

/** The endless sequence of one member's mini-batches: each epoch in a new order, its last incomplete batch left out. */
class MemberBatches {
  readonly #order: Int32Array;
  readonly #batchSize: number;
  readonly #shuffle: (order: Int32Array) => void;
  #next: number;

  constructor(rows: Int32Array, batchSize: number, shuffle: (order: Int32Array) => void) {
    this.#order = rows.slice();
    this.#batchSize = batchSize;
    this.#shuffle = shuffle;
    this.#next = rows.length;
  }

  next(): Int32Array {
    if (this.#next + this.#batchSize > this.#order.length) {
      this.#shuffle(this.#order);
      this.#next = 0;
    }
    const start = this.#next;
    this.#next += this.#batchSize;
    return this.#order.subarray(start, this.#next);
  }
}

/** Row indexes of mini-batches, for all members. */
export interface BatchSequence {
  /** The batches of the next steps: (steps, members, batchSize). How the steps are cut into calls changes nothing. */
  take(steps: number): Int32Array;
}

/** Every member has its own order over its own rows; each needs at least `batchSize` of them. */
export function createBatchSequence(members: readonly Int32Array[], batchSize: number, seed: number): BatchSequence {
  const sources = members.map((rows, member) => {
    const random = createRandom(seed, FIRST_STREAM + member);
    return new MemberBatches(rows, batchSize, (order) => random.shuffle(order));
  });
  return {
    take(steps) {
      const batches = new Int32Array(steps * members.length * batchSize);
      let at = 0;
      for (let step = 0; step < steps; step++) {
        for (const source of sources) {
          batches.set(source.next(), at);
          at += batchSize;
        }
      }
      return batches;
    },
  };
}
