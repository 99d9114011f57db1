import type { ModelKey } from '../ledger/ledger.js';

/** What the last training of a key has seen, whatever its verdict was. */
export interface TrainingMark {
  /** `Ledger.labelSequence` just before it read the labelled rows: labels that come while it reads count as new for the next one. */
  readonly labelSequence: number;
  /** Labelled rows that it read. */
  readonly rows: number;
}

/**
 * What trainings leave behind per key, for all processes and for those after a restart. Laws:
 * 1. a mark that was set is there until one of a higher sequence is set, or of the same and more rows, which have become old enough; any other changes
 *    nothing;
 * 2. `promotionAttempt` is 1 + the tests counted since the last `renewAttempts`, but labels (a sequence) for which the last test was counted
 *    get that test's number again: the same rows judged once more are no further chance;
 * 3. `countAttempt` is atomic: true when the number was the next one and is counted now, or was counted for these labels before; else false,
 *    and nothing changes;
 * 4. `driftMark` is what `setDriftMark` was given last; null before.
 * A store that cannot be reached now rejects with STORE_UNAVAILABLE.
 */
export interface TrainingMarks {
  trainingMark(key: ModelKey): Promise<TrainingMark | null>;
  setTrainingMark(key: ModelKey, mark: TrainingMark): Promise<void>;
  /** The number of the test of being better, 1, 2, ..., that these labels would be. */
  promotionAttempt(key: ModelKey, labelSequence: number): Promise<number>;
  /** Counts a test that was made: its alpha is spent. */
  countAttempt(key: ModelKey, attempt: number, labelSequence: number): Promise<boolean>;
  /** A champion was beaten: tests against the next one are counted from 1. */
  renewAttempts(key: ModelKey): Promise<void>;
  /** The meta-model version for whose drift a retraining was asked for last. */
  driftMark(key: ModelKey): Promise<number | null>;
  setDriftMark(key: ModelKey, metaVersion: number): Promise<void>;
}
