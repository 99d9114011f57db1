import type { LabelChange } from '../ledger.js';
import type { Keys } from './keys.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object ? Mutable<T[K]> : T[K] };
type Sums = Mutable<Omit<LabelChange, 'key' | 'delays' | 'labelSequence'>> & { readonly delays: number[] };

/** What a change needs to know of the prediction of its row. */
export interface ChangedRow {
  readonly keyId: number;
  /** Null where it had none. */
  readonly failureProbability: number | null;
  readonly accepted: boolean;
}

/** Gathers what one write changes in the labelled rows, per model key. */
export class ChangeLog {
  readonly #byKey = new Map<number, Sums>();

  /** A row got its first ground truth, `delay` milliseconds after its prediction. */
  labelled(row: ChangedRow, failure: boolean, delay: number): void {
    const p = row.failureProbability;
    for (const each of this.#countsOf(row)) {
      each.labelled += 1;
      each.failuresGained += failure ? 1 : 0;
    }
    const sums = this.#sums(row.keyId);
    sums.expectedFailures += p ?? 0;
    sums.expectedVariance += p === null ? 0 : p * (1 - p);
    sums.delays.push(Math.max(0, delay));
  }

  /** Another ground truth began to count for a labelled row. */
  corrected(row: ChangedRow, before: boolean, after: boolean): void {
    if (before === after) return;
    for (const each of this.#countsOf(row)) {
      if (after) each.failuresGained += 1;
      else each.failuresLost += 1;
    }
  }

  /** Advances the label sequences (law 8) and returns the changes; call it in the write's transaction. */
  settle(keys: Keys): LabelChange[] {
    return [...this.#byKey].map(([keyId, { delays, ...sums }]) => {
      if (sums.labelled > 0) keys.advanceLabelSequence(keyId, sums.labelled);
      return { key: keys.keyOf(keyId), ...sums, delays: Float64Array.from(delays), labelSequence: keys.labelSequence(keyId) };
    });
  }

  /** The counts that a row belongs to. */
  #countsOf({ keyId, failureProbability, accepted }: ChangedRow) {
    const sums = this.#sums(keyId);
    return [sums, ...(failureProbability === null ? [] : [sums.scored]), ...(accepted ? [sums.accepted] : [])];
  }

  #sums(keyId: number): Sums {
    let sums = this.#byKey.get(keyId);
    if (sums === undefined) {
      sums = { ...none(), scored: none(), accepted: none(), expectedFailures: 0, expectedVariance: 0, delays: [] };
      this.#byKey.set(keyId, sums);
    }
    return sums;
  }
}

function none() {
  return { labelled: 0, failuresGained: 0, failuresLost: 0 };
}
