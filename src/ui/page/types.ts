/** The parts of the API's replies that the page reads; openapi/openapi.json describes them in full. */
export interface ModelSummary {
  readonly name: string;
  readonly version: string | null;
  readonly state: 'loading' | 'ready' | 'unloading' | 'unavailable';
  readonly reason: string | null;
  readonly meta_version: number | null;
  /** Whether the meta-model that serves learnt from predictions alone. */
  readonly label_free: boolean;
  readonly task: 'classification' | 'binary' | 'regression' | 'custom' | null;
}

export interface Picture {
  readonly input: string;
  readonly height: number | null;
  readonly width: number | null;
  readonly channels: number;
  readonly order: 'CHW' | 'HWC';
}

export interface TensorInfo {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | null)[];
}

export interface ModelDetail extends ModelSummary {
  readonly digest: string | null;
  readonly signature: { readonly inputs: readonly TensorInfo[]; readonly outputs: readonly TensorInfo[] } | null;
  readonly configuration: {
    readonly labels: readonly string[] | null;
    readonly review_threshold: number;
    readonly features: { readonly store_inputs: 'auto' | 'none' | 'all' };
    readonly [key: string]: unknown;
  } | null;
  readonly assumptions: readonly string[];
  readonly pictures: readonly Picture[];
}

export interface Sums {
  readonly predictions: number;
  readonly scored: number;
  readonly expected_failures: number;
  readonly expected_failure_rate: number | null;
  readonly labelled: number;
  readonly failures: number;
  readonly observed_failure_rate: number | null;
  readonly labelled_scored: number;
  readonly labelled_expected_failures: number;
  readonly labelled_expected_failure_rate: number | null;
}

export interface Bucket extends Sums {
  readonly from: string;
}

export interface Timeline {
  readonly from: string;
  readonly to: string;
  readonly bucket_seconds: number;
  readonly buckets: readonly Bucket[];
  readonly total: Sums;
}

export interface Searched {
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  readonly complete: boolean;
}

export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  readonly predictions: number;
  readonly labelled: number;
  readonly failures: number;
}

export interface ClassFailures {
  readonly label: string;
  readonly predictions: number;
  readonly scored: number;
  readonly expected_failures: number;
  readonly labelled: number;
  readonly failures: number;
}

export interface ClassPair {
  readonly predicted: string;
  readonly actual: string;
  readonly failures: number;
  readonly mean_failure_probability: number | null;
}

export interface Breakdown {
  readonly histogram: readonly HistogramBin[];
  readonly classes: readonly ClassFailures[];
  readonly pairs: readonly ClassPair[];
  readonly statuses: { readonly ok: number; readonly label_free: number; readonly cold_start: number; readonly degraded: number };
  readonly reviews: number;
  readonly searched: Searched;
}

export interface Evaluation {
  readonly rows: number;
  readonly failures: number;
  readonly auroc: number | null;
  readonly eaurc: number | null;
  readonly brier: number | null;
  readonly ece: number | null;
  readonly bins: readonly { readonly count: number; readonly mean_failure_probability: number; readonly failure_rate: number }[];
  readonly risk_coverage: readonly { readonly coverage: number; readonly risk: number }[];
}

export interface Report {
  /** Whose answers it is about; null: those of all. The page's own. */
  readonly meta_version: number | null;
  readonly champion: Evaluation;
  readonly confidence_baseline: Evaluation;
  readonly labels: {
    readonly rows: number;
    readonly unknown_labels: { readonly total: number; readonly examples: readonly string[] } | null;
  };
}

export interface MetaModel {
  readonly version: number;
  readonly base_version: string;
  readonly state: 'candidate' | 'champion' | 'retired';
  readonly created_at: string;
  readonly promoted_at: string | null;
  readonly reason: string;
  readonly metrics: Evaluation | null;
  readonly training: { readonly rows: number; readonly failures: number; readonly unlabelled_rows: number | null; readonly from: string; readonly to: string };
}

export interface Job {
  readonly id: string;
  readonly model: string;
  readonly version: string;
  readonly state: 'waiting' | 'active' | 'completed' | 'failed' | 'cancelled';
  readonly trigger: string;
  readonly progress: { readonly step: string; readonly done: number; readonly total: number } | null;
  readonly result: { readonly promoted: boolean; readonly meta_version: number; readonly reason: string } | null;
  readonly error: string | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
}

export interface RiskPolicy {
  readonly meta_version: number;
  readonly policy: { readonly kind: 'target_risk' | 'review_budget' | 'fixed_threshold'; readonly target_risk: number | null; readonly confidence: number | null; readonly review_budget: number | null };
  readonly status: 'in_force' | 'no_threshold_yet';
  readonly message: string;
  readonly threshold: number | null;
  readonly more_ground_truths: number | null;
  readonly calibrated_at: string;
  readonly calibration: { readonly rows_from: string; readonly rows: number; readonly failures: number; readonly expected_coverage: number | null; readonly risk_bound: number | null };
  readonly so_far: { readonly labelled: number; readonly accepted: number; readonly accepted_failures: number; readonly accepted_failure_rate: number | null };
}

export interface Prediction {
  readonly prediction_id: string;
  readonly row: number;
  readonly version: string;
  readonly meta_version: number;
  readonly metaerr_status: string;
  readonly created_at: string;
  readonly label: string | null;
  readonly value: number | null;
  readonly confidence: number | null;
  readonly failure_probability: number | null;
  readonly decision: 'accept' | 'review';
  readonly failure: boolean | null;
  readonly ground_truth: { readonly kind: string; readonly value: string } | null;
  readonly inputs: unknown;
}

export interface PredictionList {
  readonly predictions: readonly Prediction[];
  readonly next_cursor: string | null;
  readonly searched: Searched;
}

export interface Readiness {
  readonly ready: boolean;
  readonly missing: readonly string[];
}
