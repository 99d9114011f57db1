import type { ModelKey } from '../ledger/ledger.js';

/** What the last training of a key has seen, whatever its verdict was. */
export interface TrainingMark {
  /** `Ledger.labelSequence` when it began to read. */
  readonly labelSequence: number;
  /** Labelled rows that it read. */
  readonly rows: number;
}

/** The last training per key; durable, so that a restart neither forgets nor repeats one. */
export interface TrainingMarks {
  trainingMark(key: ModelKey): Promise<TrainingMark | null>;
  /** Stores the mark; one whose sequence is not above the stored one changes nothing. */
  setTrainingMark(key: ModelKey, mark: TrainingMark): Promise<void>;
}
