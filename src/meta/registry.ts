import type { ModelKey } from '../ledger/ledger.js';
import type { EvaluationSummary } from './evaluation/summary.js';
import type { CalibrationTable, ScoreTable } from './policy/calibration-table.js';

export type MetaModelState = 'candidate' | 'champion' | 'retired';

export interface MetaModelTraining {
  /** Labelled rows; 0: a label-free meta-model. */
  readonly rows: number;
  readonly failures: number;
  /** createdAt of the oldest and the newest of these rows (label-free: of the predictions), milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly seed: number;
  /** Only rows created before were read, milliseconds. Absent where labels need not be of an age, and in records of before it was told. */
  readonly until?: number;
  /** Its own rows out of fold, for the risk policy until there are rows that it served. Absent in records of before the policy. */
  readonly calibration?: CalibrationTable;
  /** Predictions without a ground truth that it learnt from. Absent in records of before it was told. */
  readonly unlabelledRows?: number;
  /** Label-free: what it says of those predictions, for a review budget until there are rows that it served. Nothing is known of their failures. */
  readonly scores?: ScoreTable;
}

/** Whether a meta-model learnt from predictions alone, so that no ground truth has calibrated it. */
export function isLabelFree({ training }: Pick<MetaModelRecord, 'training'>): boolean {
  return training.rows === 0;
}

export interface MetaModelRecord {
  readonly key: ModelKey;
  /** 1, 2, ... per model name; 0 is the cold start and never stored. */
  readonly version: number;
  readonly state: MetaModelState;
  /** Milliseconds. */
  readonly createdAt: number;
  /** When it last became champion; null if never. */
  readonly promotedAt: number | null;
  /** Why it is where it is, in words. */
  readonly reason: string;
  readonly metrics: EvaluationSummary | null;
  readonly training: MetaModelTraining;
  /** Digest of the feature layout that its graph reads. */
  readonly featureSchema: string;
}

export type NewMetaModel = Pick<MetaModelRecord, 'key' | 'createdAt' | 'reason' | 'metrics' | 'training' | 'featureSchema'> & { readonly onnx: Uint8Array };

/**
 * Meta-models with their ONNX bytes. Laws:
 * 1. versions count up from 1 per model name and are never used again;
 * 2. a new meta-model is a `candidate`; per key at most one is `champion`; who was champion becomes `retired`;
 * 3. `promote` is atomic and takes place only when the champion is the one expected (null: none); else it returns false;
 * 4. bytes come back exactly as they were given, after a restart too;
 * 5. every successful `promote` on the store, by whatever process, calls the listeners of every registry that is open on it with the key
 *    and version, after it is durable and within a second;
 * 6. where promotions may have been missed (the connection was lost and is back, or stands for the first time), the `onInterruption`
 *    listeners are called: they read the champions again;
 * 7. `forget` leaves nothing of a key, nor touches another; no listener is told.
 * A store that cannot be reached now rejects with STORE_UNAVAILABLE.
 */
export interface MetaModelRegistry {
  add(model: NewMetaModel): Promise<number>;
  /** Newest version first; of every base version of the model name. */
  list(model: string): Promise<readonly MetaModelRecord[]>;
  get(model: string, version: number): Promise<MetaModelRecord | null>;
  bytes(model: string, version: number): Promise<Uint8Array | null>;
  champion(key: ModelKey): Promise<MetaModelRecord | null>;
  promote(key: ModelKey, version: number, expectedChampion: number | null, at: number): Promise<boolean>;
  onPromotion(listener: (key: ModelKey, version: number) => void): void;
  onInterruption(listener: () => void): void;
  /** Deletes the bytes and records of all but the champion and the newest `keep`; returns how many. */
  prune(key: ModelKey, keep: number): Promise<number>;
  /** Deletes all meta-models of a key, the champion too; returns how many. */
  forget(key: ModelKey): Promise<number>;
}
