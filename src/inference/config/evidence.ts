import type { MetadataLabels } from '../../engine/onnx/metadata-labels.js';
import type { Signature, TensorInfo, TensorMap } from '../../engine/tensor.js';
import type { ModelSettings } from './folder-reader.js';

/** What the graph of a model says about its outputs. */
export interface GraphEvidence {
  /** Operator that makes an output, seen through operators that only change its form; null when unknown. */
  makerOf(output: string): string | null;
  /** Class names that stand in the graph. */
  readonly classLabels: readonly string[] | null;
  /** Class names in the exporter's own key-value pairs. */
  readonly metadataLabels: MetadataLabels | null;
  /** Outputs that are no scores unless metaerr.yaml says so: inputs handed on, constants, elements of one sequence, the best of many. */
  readonly unlikely: ReadonlySet<string>;
  /** String inputs whose texts the graph takes apart. */
  readonly texts: ReadonlySet<string>;
  /** Inputs that are looked up in the table of a vocabulary. */
  readonly tokens: ReadonlySet<string>;
  /** Name of the exporter; empty when unknown. */
  readonly producer: string;
}

/** Of a model whose graph is elsewhere. */
export const UNKNOWN_GRAPH: GraphEvidence = { makerOf: () => null, classLabels: null, metadataLabels: null, unlikely: new Set(), texts: new Set(), tokens: new Set(), producer: '' };

/** One warm-up run that succeeded. */
export interface Observation {
  /** Rows that went in. */
  readonly rows: number;
  /** The outputs with an entry for each row, with the rows as dimension 0. */
  readonly outputs: TensorMap;
}

/** Everything that the completion of a configuration looks at. */
export interface Evidence {
  readonly settings: ModelSettings;
  readonly signature: Signature;
  /** The outputs with an entry for each row, with the rows as dimension 0; other dimensions are null where they vary. */
  readonly rowOutputs: readonly TensorInfo[];
  readonly graph: GraphEvidence;
  readonly observations: readonly Observation[];
}

/** Takes down an assumption, a sentence for the user of the model. */
export type Note = (assumption: string) => void;
