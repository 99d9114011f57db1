import type { LabelChange } from '../ledger.js';
import type { Keys } from './keys.js';

interface Sums {
  labelled: number;
  failuresGained: number;
  failuresLost: number;
  expectedFailures: number;
}

/** Gathers what one write changes in the labelled rows, per model key. */
export class ChangeLog {
  readonly #byKey = new Map<number, Sums>();

  /** A row got its first ground truth; `failureProbability` is null where it had none. */
  labelled(keyId: number, failure: boolean, failureProbability: number | null): void {
    const sums = this.#sums(keyId);
    sums.labelled += 1;
    sums.failuresGained += failure ? 1 : 0;
    sums.expectedFailures += failureProbability ?? 0;
  }

  /** Another ground truth began to count for a labelled row. */
  corrected(keyId: number, before: boolean, after: boolean): void {
    if (before === after) return;
    const sums = this.#sums(keyId);
    if (after) sums.failuresGained += 1;
    else sums.failuresLost += 1;
  }

  /** Advances the label sequences (law 8) and returns the changes; call it in the write's transaction. */
  settle(keys: Keys): LabelChange[] {
    return [...this.#byKey].map(([keyId, sums]) => {
      if (sums.labelled > 0) keys.advanceLabelSequence(keyId, sums.labelled);
      return { key: keys.keyOf(keyId), ...sums, labelSequence: keys.labelSequence(keyId) };
    });
  }

  #sums(keyId: number): Sums {
    let sums = this.#byKey.get(keyId);
    if (sums === undefined) {
      sums = { labelled: 0, failuresGained: 0, failuresLost: 0, expectedFailures: 0 };
      this.#byKey.set(keyId, sums);
    }
    return sums;
  }
}
