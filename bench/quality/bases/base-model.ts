import type { StreamRows } from '../data/stream.js';

/** A trained base model as the product would be given it. */
export interface BaseModel {
  readonly onnx: Uint8Array;
  /** How class scores stand in its output. */
  readonly kind: 'logits' | 'probabilities';
}

/** What a base model is trained on. */
export interface BaseTraining {
  readonly rows: StreamRows;
  /** Shape of one row as the model takes it. */
  readonly shape: readonly number[];
  readonly classes: number;
  readonly seed: number;
}
