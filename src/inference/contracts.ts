import type { EnginePool, LoadedSession } from '../engine/engine.js';
import type { Signature, TensorMap } from '../engine/tensor.js';
import type { MetaErrStatus, ModelKey, Task } from '../ledger/ledger.js';
import type { FeatureGraph } from '../meta/features/graph.js';
import type { FeatureLayout, ScoreKind } from '../meta/features/layout.js';

/** The completed configuration of one model (metaerr.yaml plus what was assumed). */
export interface ModelConfig {
  readonly task: Task;
  /** Output that holds the class scores, the regression value, or null for a custom task. */
  readonly output: string | null;
  /** How the scores are read; null without classes. */
  readonly scores: ScoreKind | null;
  /** Output that holds the predicted label (scikit-learn); null when the largest score decides. */
  readonly labelOutput: string | null;
  /** Class names by index; null without classes. */
  readonly labels: readonly string[] | null;
  /** Largest error of a regression that is no failure: max(absolute, relative x |prediction|). */
  readonly tolerance: { readonly absolute: number; readonly relative: number } | null;
  readonly features: { readonly max_width: number; readonly store_inputs: 'auto' | 'none' | 'all' };
  readonly batching: {
    readonly max_rows: number;
    readonly max_delay_microseconds: number;
    readonly max_queue_rows: number;
    readonly timeout_milliseconds: number;
  };
  readonly instances: number;
  readonly intra_op_threads: number;
  readonly execution_providers: readonly ('cpu' | 'cuda')[];
  /** `review` above this failure probability. */
  readonly review_threshold: number;
  readonly retraining: {
    readonly automatic: boolean;
    /** New ground truths since the last training that start one. */
    readonly new_ground_truths: number;
    /** Also at least this share of the rows of the last training, so that retrainings thin out as labels gather. */
    readonly growth: number;
    /** Newest labelled rows that are read. */
    readonly max_rows: number;
    /** Newest labelled rows kept for the distances. */
    readonly max_stored_rows: number;
    readonly timeout_seconds: number;
    readonly seed: number;
  };
  readonly retention: {
    readonly days: number;
    readonly max_rows: number;
    readonly inputs_days: number;
    readonly pending_days: number;
  };
}

export type ModelState = 'loading' | 'ready' | 'unavailable';

/** A live meta-model of a loaded version. */
export interface LiveMetaModel {
  readonly version: number;
  /** Session id in the version's pool. */
  readonly session: string;
}

/** A base model version that serves. */
export interface LoadedModel {
  readonly key: ModelKey;
  /** Six-character tag of its prediction ids. */
  readonly tag: string;
  readonly config: ModelConfig;
  /** Signature of the base model as served (after the ZipMap rewrite). */
  readonly signature: Signature;
  /** Whether dimension 0 of every input is the batch. */
  readonly batched: boolean;
  readonly layout: FeatureLayout;
  /** What the feature graph reads, as `buildFeatureGraph` returned it. */
  readonly featureGraph: Pick<FeatureGraph, 'feeds' | 'hashes'>;
  readonly pool: EnginePool;
  readonly base: LoadedSession;
  /** Session ids of the base model and of the feature graph in `pool`. */
  readonly sessions: { readonly base: string; readonly features: string };
  /** What the service assumed where metaerr.yaml is silent, in words. */
  readonly assumptions: readonly string[];
  /** The meta-model that serves now; null is the cold start. Read once per batch. */
  readonly meta: LiveMetaModel | null;
}

/** What the API shows of a model version. */
export interface ModelView {
  readonly name: string;
  readonly version: number | null;
  readonly state: ModelState;
  /** Why it is unavailable. */
  readonly reason: string | null;
  readonly loaded: LoadedModel | null;
}

/** The models that are known now. `get` throws MODEL_NOT_FOUND or VERSION_NOT_FOUND; `loaded` also MODEL_NOT_READY, MODEL_UNAVAILABLE. */
export interface ModelCatalogue {
  list(): readonly ModelView[];
  get(name: string, version?: number | null): ModelView;
  loaded(name: string, version?: number | null): LoadedModel;
  /** The model of a tag, also while it is unavailable; null when unknown. */
  byTag(tag: string): ModelView | null;
  /** True once the first load of every model has ended. */
  readonly ready: boolean;
}

/** Puts a meta-model beside a loaded model's base: loads and warms up, then one atomic assignment, then the old one is released. */
export interface MetaModelSwapper {
  /** `onnx` null goes back to the cold start. A version other than the loaded one is ignored. */
  swap(key: ModelKey, metaVersion: number, onnx: Uint8Array | null): Promise<void>;
}

/** One request after the codec: every tensor fits the signature and has `rows` rows. */
export interface PredictRequest {
  readonly model: string;
  readonly version: number | null;
  readonly inputs: TensorMap;
  readonly rows: number;
  /** The raw inputs of each row as JSON text, made only when the policy stores them. */
  inputText(row: number): string;
}

/** What one request is answered, as columns over its rows; NaN and null where a task has no such thing. */
export interface PredictReply {
  readonly key: ModelKey;
  readonly predictionId: string;
  readonly metaVersion: number;
  readonly status: MetaErrStatus;
  readonly rows: number;
  readonly labels: readonly (string | null)[];
  readonly confidences: Float64Array;
  readonly values: Float64Array;
  readonly failureProbabilities: Float64Array;
  readonly reviews: Uint8Array;
  /** The base model's outputs. */
  readonly outputs: TensorMap;
}

export interface PredictUseCase {
  predict(request: PredictRequest): Promise<PredictReply>;
}
