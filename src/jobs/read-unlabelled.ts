import type { Ledger, ScanBatch } from '../ledger/ledger.js';
import type { UnlabelledRows } from '../meta/training/window.js';
import { unlabelledOf, type UnlabelledQuery } from './unlabelled-rows.js';
import { unlabelledSpan } from './unlabelled-span.js';

/** Rows without a ground truth as they are in the ledger, oldest first. */
export interface LedgerRows extends UnlabelledRows {
  /** When the oldest and the newest of them were made; milliseconds. */
  readonly from: number;
  readonly to: number;
}

/**
 * Reads the newest unlabelled rows of a query, oldest first, `width` feature numbers each; null where there are none. To be called after the labelled
 * rows were read: one that gets its ground truth in between is then in neither, and none is in both. `onRows` is told how many there are.
 */
export async function readUnlabelled(ledger: Pick<Ledger, 'scan'>, query: UnlabelledQuery, width: number, onRows: (rows: number) => void): Promise<LedgerRows | null> {
  onRows(0);
  const span = await unlabelledSpan(ledger, query);
  if (span === null) return null;
  const newest = new NewestVectors(span.rows, width);
  let to = span.from;
  const { model, version } = query.key;
  for await (const batch of ledger.scan({ model, version, labelled: false, from: span.from, to: query.before, features: true, inputs: false })) {
    const rows = rowsOf(batch, query, width);
    newest.add(rows.map(({ vector }) => vector));
    to = rows.at(-1)?.createdAt ?? to;
    onRows(newest.rows);
  }
  return newest.rows === 0 ? null : { rows: newest.rows, features: newest.features(), from: span.from, to };
}

interface Row {
  readonly createdAt: number;
  readonly vector: Float32Array;
}

function rowsOf(batch: ScanBatch, query: UnlabelledQuery, width: number): Row[] {
  return Array.from(unlabelledOf(batch, query)).flatMap((i) => {
    const vector = batch.features[i] ?? null;
    return vector?.length === width ? [{ createdAt: batch.createdAt[i] ?? NaN, vector }] : [];
  });
}

/** The last `capacity` vectors that were added, in order; the room is theirs alone. */
class NewestVectors {
  rows = 0;
  readonly #held: Float32Array;
  readonly #width: number;
  readonly #capacity: number;

  constructor(capacity: number, width: number) {
    this.#held = new Float32Array(capacity * width);
    this.#width = width;
    this.#capacity = capacity;
  }

  add(vectors: readonly Float32Array[]): void {
    const fresh = vectors.slice(-this.#capacity);
    const overtaken = Math.max(0, this.rows + fresh.length - this.#capacity);
    if (overtaken > 0) this.#held.copyWithin(0, overtaken * this.#width, this.rows * this.#width);
    this.rows -= overtaken;
    for (const vector of fresh) {
      this.#held.set(vector, this.rows * this.#width);
      this.rows += 1;
    }
  }

  /** rows x width, row-major. */
  features(): Float32Array {
    return this.#held.subarray(0, this.rows * this.#width);
  }
}
