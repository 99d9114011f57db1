import type { Signature, TensorMap } from '../../engine/tensor.js';
import type { ModelSettings } from './folder-reader.js';

/** What the graph of a model says about its outputs. */
export interface GraphEvidence {
  /** Operator that makes an output, seen through operators that only change its form; null when unknown. */
  makerOf(output: string): string | null;
  /** Class names that stand in the graph. */
  readonly classLabels: readonly string[] | null;
}

/** One warm-up run that succeeded. */
export interface Observation {
  /** Rows that went in. */
  readonly rows: number;
  readonly outputs: TensorMap;
}

/** Everything that the completion of a configuration looks at. */
export interface Evidence {
  readonly settings: ModelSettings;
  readonly signature: Signature;
  readonly graph: GraphEvidence;
  readonly observations: readonly Observation[];
  /** Whether dimension 0 of every input is the batch. */
  readonly batched: boolean;
}

/** Takes down an assumption, a sentence for the user of the model. */
export type Note = (assumption: string) => void;
