import type { Random } from '../training/random.js';

export const FOLDS = 5;

/** One division of the rows: the fold of each row, and each fold's rows in and out of it. */
export interface Division {
  readonly fold: Uint8Array;
  /** Rows that a fold's model is trained on, ascending. */
  readonly training: readonly Int32Array[];
  /** Rows that it is judged on, ascending. */
  readonly heldOut: readonly Int32Array[];
}

/** A division of no rows. */
export const NO_FOLDS: Division = { fold: new Uint8Array(0), training: [], heldOut: [] };

/**
 * Divides rows into 5 folds of equal size (+-1), stratified by failure, `repeats` times with other shuffles.
 * Deterministic for the state of `random`.
 */
export function divide(failures: Uint8Array, repeats: number, random: Random): readonly Division[] {
  return Array.from({ length: repeats }, () => divideOnce(failures, random));
}

function divideOnce(failures: Uint8Array, random: Random): Division {
  const order = [...shuffled(failures, 1, random), ...shuffled(failures, 0, random)];
  const fold = new Uint8Array(failures.length);
  order.forEach((row, position) => (fold[row] = position % FOLDS));
  const pick = (keep: (foldOfRow: number) => boolean) => {
    const rows: number[] = [];
    for (let i = 0; i < fold.length; i++) if (keep(fold[i]!)) rows.push(i);
    return Int32Array.from(rows);
  };
  const folds = Array.from({ length: FOLDS }, (_, k) => k);
  return { fold, training: folds.map((k) => pick((f) => f !== k)), heldOut: folds.map((k) => pick((f) => f === k)) };
}

/** The rows of one outcome in random order. */
function shuffled(failures: Uint8Array, outcome: number, random: Random): Int32Array {
  const rows: number[] = [];
  for (let i = 0; i < failures.length; i++) if (failures[i] === outcome) rows.push(i);
  const order = Int32Array.from(rows);
  random.shuffle(order);
  return order;
}
