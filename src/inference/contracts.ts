import type { RequestTrace } from '../core/tracing.js';
import type { EnginePool, LoadedSession } from '../engine/engine.js';
import type { Signature, TensorMap } from '../engine/tensor.js';
import type { MetaErrStatus, ModelKey, Task } from '../ledger/ledger.js';
import type { FeatureGraph } from '../meta/features/graph.js';
import type { Augmentation, FeatureLayout, ScoreKind } from '../meta/features/layout.js';
import type { SeriesReading } from '../meta/features/series-plan.js';
import type { OutputForm } from './output-form.js';
import type { RowMode } from './row-shape.js';

/** How a threshold is computed: for a risk among the accepted that is kept with a confidence, or for a share of predictions to review. */
export type RiskPolicy = { readonly target_risk: number; readonly confidence: number } | { readonly review_budget: number };

/** The completed configuration of one model (metaerr.yaml plus what was assumed). */
export interface ModelConfig {
  readonly task: Task;
  /** Output that holds the class scores, the regression value, or null for a custom task. */
  readonly output: string | null;
  /** How the scores are read; null without classes. */
  readonly scores: ScoreKind | null;
  /** Output that holds the predicted label (scikit-learn); null when the largest score decides. */
  readonly labelOutput: string | null;
  /** What that output answers for each class by index, where the classes have other names; null when it answers the names. */
  readonly labelTexts: readonly string[] | null;
  /** Class names by index; null without classes. */
  readonly labels: readonly string[] | null;
  /** Largest error of a regression that is no failure: max(absolute, relative x |prediction|). */
  readonly tolerance: { readonly absolute: number; readonly relative: number } | null;
  readonly features: {
    readonly max_width: number;
    /** `none`: no input is described as a picture. */
    readonly pictures: 'auto' | 'none';
    /** Which inputs are series of measurements. */
    readonly series: SeriesReading;
    /** Which string inputs are free texts; those of others are categories. */
    readonly texts: 'auto' | 'none' | 'all';
    /** What the base model is asked beside each row. */
    readonly test_time_augmentation: 'none' | Augmentation;
    readonly store_inputs: 'auto' | 'none' | 'all';
  };
  /** Which input is a picture though its shape does not tell, and whether pictures are shown to people; the last two hold with height and width. */
  readonly pictures: {
    readonly show: 'auto' | 'none';
    readonly input?: string;
    readonly height?: number;
    readonly width?: number;
    readonly channels: number;
    readonly order: 'CHW' | 'HWC';
  };
  readonly batching: {
    readonly max_rows: number;
    readonly max_delay_microseconds: number;
    readonly max_queue_rows: number;
    readonly timeout_milliseconds: number;
  };
  readonly instances: number;
  readonly intra_op_threads: number;
  readonly execution_providers: readonly ('cpu' | 'cuda')[];
  /** Decides in place of `review_threshold`; null without one. */
  readonly risk_policy: RiskPolicy | null;
  /** `review` above this failure probability. */
  readonly review_threshold: number;
  /** Share of the predictions whose ground truth is asked for whatever their risk. */
  readonly audit_share: number;
  /** Which predictions get a ground truth beside the audited ones: all or some regardless of risk, or those that are reviewed. */
  readonly labelling: 'any' | 'reviewed';
  /** Whether the failure probability and the decision are outputs of the Open Inference Protocol without being asked for. */
  readonly append_outputs: boolean;
  readonly retraining: {
    readonly automatic: boolean;
    /** New ground truths since the last training that start one. */
    readonly new_ground_truths: number;
    /** Also at least this share of the rows of the last training, so that retrainings thin out as labels gather. */
    readonly growth: number;
    /** When one starts besides, if any ground truth is new: a cron expression of five fields in UTC; null for never. */
    readonly schedule: string | null;
    /** Predictions younger than this count neither in trainings nor in reports. */
    readonly label_maturity_seconds: number;
    /** Newest labelled rows that are read. */
    readonly max_rows: number;
    /** Newest labelled rows kept for the distances. */
    readonly max_stored_rows: number;
    /** Newest predictions without a ground truth that are read; 0: none. */
    readonly max_unlabelled_rows: number;
    /** Predictions without a ground truth from which on a label-free meta-model is trained; 0: never. */
    readonly min_unlabelled_rows: number;
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

/**
 * `unloading`: it takes no more requests, and those in progress are being answered. An unloaded model is `unavailable`, and so is a loaded one
 * while no instance of it works.
 */
export type ModelState = 'loading' | 'ready' | 'unloading' | 'unavailable';

/** A live meta-model of a loaded version. */
export interface LiveMetaModel {
  readonly version: number;
  /** Whether it learnt from predictions alone, so that no ground truth has calibrated it. */
  readonly labelFree: boolean;
  /** Session id in the version's pool. */
  readonly session: string;
}

/** How the rows of one kind of request become feature vectors: a layout and the session of its graph. */
export interface FeatureChain {
  readonly layout: FeatureLayout;
  /** What the feature graph reads, as `buildFeatureGraph` returned it. */
  readonly featureGraph: Pick<FeatureGraph, 'feeds' | 'hashes'>;
  /** Session id in the pool. */
  readonly session: string;
  /** Null where the base model is asked once. */
  readonly augmentation: ChainAugmentation | null;
}

/** How rows are augmented before the base model is asked again. */
export interface ChainAugmentation {
  /** Session id in the pool. */
  readonly session: string;
  /** Inputs of the base model that are changed, by their names there, to the outputs of the session. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** A base model version that serves. */
export interface LoadedModel {
  readonly key: ModelKey;
  /** Six-character tag of its prediction ids. */
  readonly tag: string;
  readonly config: ModelConfig;
  /** Signature of the base model as served (after the ZipMap rewrite); outputs have the rank that they have at run time. */
  readonly signature: Signature;
  readonly rowMode: RowMode;
  /** Feature vectors of complete rows; the live meta-model reads these. */
  readonly features: FeatureChain;
  /** Feature vectors of rows of an external model that come without its declared inputs; null where no such rows are taken. */
  readonly behaviourOnly: FeatureChain | null;
  readonly pool: EnginePool;
  /** The base model's session; null for a model that is served elsewhere (`source: external`). */
  readonly base: BaseSession | null;
  /** What the service assumed where metaerr.yaml is silent, in words. */
  readonly assumptions: readonly string[];
  /** The meta-model that serves now; null is the cold start. Read once per batch. */
  readonly meta: LiveMetaModel | null;
}

export interface BaseSession extends LoadedSession {
  /** Session id in the pool. */
  readonly session: string;
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

/**
 * The models that are known now. `get` throws MODEL_NOT_FOUND or VERSION_NOT_FOUND; `loaded` and `lease` also MODEL_NOT_READY,
 * MODEL_UNAVAILABLE, MODEL_UNLOADED. Until the folder has been looked at for the first time, nothing is unknown: `get` and `byTag` then
 * throw MODEL_NOT_READY.
 */
export interface ModelCatalogue {
  list(): readonly ModelView[];
  get(name: string, version?: number | null): ModelView;
  /** For a look: what it names may be released at any time. */
  loaded(name: string, version?: number | null): LoadedModel;
  /** For a run: what it names is not released before the lease is. */
  lease(name: string, version?: number | null): ModelLease;
  /** The model of a tag, also while it is unavailable; null when unknown. */
  byTag(tag: string): ModelView | null;
  /** True once the first load of every model has ended. */
  readonly ready: boolean;
}

export interface ModelLease {
  readonly model: LoadedModel;
  /** Idempotent. */
  release(): void;
}

/** A version of a model in the repository. */
export interface RepositoryEntry {
  readonly name: string;
  /** Null when the folder has no version. */
  readonly version: number | null;
  /** Of a version that is not the loaded one: `unavailable`. */
  readonly state: ModelState;
  /** Why it is unavailable; empty otherwise. */
  readonly reason: string;
}

/** The model repository as an operator works it. */
export interface RepositoryUseCase {
  /** Every model of the folder (read anew) and every loaded one, by name, then version. */
  index(): Promise<readonly RepositoryEntry[]>;
  /**
   * Loads a model of the folder, or loads it again beside the version that serves. Resolves when it serves. Throws MODEL_NOT_FOUND
   * when the folder has no such model, MODEL_LOAD_FAILED with the reason; a version that served before serves on.
   */
  load(name: string): Promise<void>;
  /** Takes a model out of service. Resolves when the requests in progress are answered and its memory is released. Throws MODEL_NOT_FOUND. */
  unload(name: string): Promise<void>;
}

/** Puts a meta-model beside a loaded model's base: loads and warms up, then one atomic assignment, then the old one is released. */
export interface MetaModelSwapper {
  /** `onnx` null goes back to the cold start. A version other than the loaded one is ignored. `labelFree` left out: it learnt from ground truths. */
  swap(key: ModelKey, metaVersion: number, onnx: Uint8Array | null, labelFree?: boolean): Promise<void>;
}

/** A caller's own name for its request, or for each of its rows; ground truth can then name these. */
export type CallerIds = { readonly request: string } | { readonly rows: readonly string[] };

/** What a codec read from a body: every tensor fits the signature and has the rows as dimension 0, whatever the row mode. */
export interface DecodedRequest {
  /** By input name; empty when rows of an external model come without their inputs. */
  readonly inputs: TensorMap;
  /** Outputs of a base model that is served elsewhere; empty for one that runs here. */
  readonly outputs: TensorMap;
  readonly rows: number;
  /** The raw inputs of each row as JSON text, made only when the policy stores them. */
  inputText(row: number): string;
  readonly callerIds: CallerIds | null;
  /** Longest wait before the run starts; null leaves it to the model's configuration. */
  readonly timeoutMilliseconds: number | null;
}

export interface PredictRequest {
  readonly model: string;
  readonly version: number | null;
  /** Null where the request is not traced. */
  readonly trace: RequestTrace | null;
  /** Reads the body for the model that will run it. What it throws refuses the request. */
  read(model: LoadedModel): DecodedRequest;
  /** Aborted when nobody waits for the reply any more: what has not started by then never runs. Null where that cannot be told. */
  readonly gone: AbortSignal | null;
}

/** What one request is answered, as columns over its rows; NaN and null where a task has no such thing. */
export interface PredictReply {
  readonly model: LoadedModel;
  readonly predictionId: string;
  readonly callerIds: CallerIds | null;
  readonly metaVersion: number;
  readonly status: MetaErrStatus;
  readonly rows: number;
  readonly labels: readonly (string | null)[];
  readonly confidences: Float64Array;
  readonly values: Float64Array;
  readonly failureProbabilities: Float64Array;
  readonly reviews: Uint8Array;
  /** 1: the row's ground truth is asked for, whatever its risk. */
  readonly audits: Uint8Array;
  /** Probability with which each row is chosen to be labelled, as `choiceCode` writes it; 0 where it is not known. */
  readonly choices: Uint16Array;
  /** The base model's outputs that have an entry for each row, with the rows as dimension 0. */
  readonly outputs: TensorMap;
  /** How each of `outputs` came from the engine; `engineForm` gives it back. */
  readonly forms: Readonly<Record<string, OutputForm>>;
  /** Outputs that hold for the request as a whole, as they came from the engine. */
  readonly requestOutputs: TensorMap;
}

/** The data plane: one way through for every protocol. */
export interface PredictUseCase {
  /**
   * Reads, batches, runs, scores, logs, and hands the reply to `write`, whose result it resolves with. The model that read the
   * body is the one that runs it, and is not released before `write` has returned.
   */
  predict<T>(request: PredictRequest, write: (reply: PredictReply) => T): Promise<T>;
}

/** How often something was done and how long it took altogether. */
export interface DurationTotal {
  readonly count: number;
  readonly nanoseconds: number;
}

/** What a model version has done since the server started, in the terms of the Open Inference Protocol's statistics extension. */
export interface ModelStatistics {
  readonly model: string;
  readonly version: number;
  /** Milliseconds since 1970; 0 before the first. */
  readonly lastInference: number;
  /** Rows answered. */
  readonly inferenceCount: number;
  /** Runs of the base model. */
  readonly executionCount: number;
  /** Requests. */
  readonly success: DurationTotal;
  readonly fail: DurationTotal;
  readonly queue: DurationTotal;
  /** Reading of the body. */
  readonly computeInput: DurationTotal;
  /** Base model, features and meta-model. */
  readonly computeInfer: DurationTotal;
  /** Making of the reply. */
  readonly computeOutput: DurationTotal;
  /** By rows of a run, ascending. */
  readonly batches: readonly { readonly rows: number; readonly computeInfer: DurationTotal }[];
}

export interface StatisticsUseCase {
  /** Of a loaded version; throws as the catalogue's `loaded` does. */
  statistics(model: string, version: number | null): ModelStatistics;
}
