import { MetaErrError, messageOf, type ErrorCode } from '../core/errors.js';
import type { ModelKey } from '../ledger/ledger.js';
import type { StoreAddress } from '../ledger/store-address.js';
import type { BehaviourLayout, VectorForm } from '../meta/features/layout.js';
import type { ChallengerResult } from '../meta/fit/challenger.js';
import type { Champion } from '../meta/fit/champion-scores.js';
import type { MetaModelTraining } from '../meta/registry.js';
import type { TrainingProgress } from '../meta/training/window.js';

/** All that a training needs to know; it reads the rows from the ledger itself. Crosses a process boundary by structured clone. */
export interface TrainingTask extends VectorForm {
  readonly store: StoreAddress;
  readonly key: ModelKey;
  readonly featureSchema: string;
  readonly behaviour: BehaviourLayout;
  /** Class names by index; null without classes. */
  readonly labels: readonly string[] | null;
  readonly maxRows: number;
  /** Only rows created before; null: all. */
  readonly until: number | null;
  readonly maxStoredRows: number;
  /** Newest predictions without a ground truth that are read; 0: none. */
  readonly maxUnlabelledRows: number;
  /** From so many of these on a label-free meta-model is trained where the challenger is not promoted; null: none is wanted. */
  readonly labelFreeFrom: number | null;
  /** When the training began; milliseconds. Unlabelled rows are read up to that time, as far as clocks can tell. */
  readonly startedAt: number;
  readonly seed: number;
  /** The champion that the challenger is judged against. */
  readonly champion: Champion | null;
  /** The number of the test of being better than it, should one be made: 1, 2, ... */
  readonly attempt: number;
}

/** A label-free meta-model, fitted. */
export interface LabelFreeResult {
  readonly onnx: Uint8Array;
  /** In words, with what it learnt from. */
  readonly reason: string;
  readonly training: MetaModelTraining;
}

/** What came out of a training. */
export interface TrainingOutcome extends ChallengerResult {
  /** `Ledger.labelSequence` just before the labelled rows were read. */
  readonly labelSequence: number;
  /** What goes live where the challenger does not; null where it does, and where there can be none. */
  readonly labelFree: LabelFreeResult | null;
}

/** What the training process tells its parent. After `result` or `failure` comes nothing more. */
export type TrainingMessage =
  | { readonly kind: 'progress'; readonly progress: TrainingProgress }
  | { readonly kind: 'result'; readonly result: TrainingOutcome }
  | TrainingFailure;

/** An error of the training; code and seconds are null where it had none. */
export interface TrainingFailure {
  readonly kind: 'failure';
  readonly message: string;
  readonly code: ErrorCode | null;
  readonly retryAfterSeconds: number | null;
}

/** An error in the form that crosses the process boundary. */
export function failureOf(error: unknown): TrainingFailure {
  const coded = error instanceof MetaErrError ? error : null;
  return { kind: 'failure', message: messageOf(error), code: coded?.code ?? null, retryAfterSeconds: coded?.retryAfterSeconds ?? null };
}

/** The error of a failure, on the other side of the boundary. */
export function errorOf({ message, code, retryAfterSeconds }: TrainingFailure): Error {
  if (code === null) return new Error(message);
  return new MetaErrError(code, message, retryAfterSeconds === null ? {} : { retryAfterSeconds });
}
