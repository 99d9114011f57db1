import type { DistanceMetric } from '../experts/distance-metric.js';
import type { EvidenceFit } from '../experts/evidence.js';
import type { Form, FormKind } from '../experts/form.js';
import type { InputTransform } from '../experts/input-transform.js';
import type { LinearWeights } from '../experts/linear-experts.js';
import type { ReferenceStore } from '../experts/reference-store.js';
import type { BehaviourLayout } from '../features/layout.js';
import type { PoolWeights } from '../linear/multinomial-pool.js';
import type { StackerWeights } from '../linear/stacker.js';
import type { KernelOpinion } from '../kernel/kernel-score.js';
import type { ErrorRegression } from '../kernel/error-score.js';
import type { OutcomeRegression } from '../kernel/outcome-score.js';
import type { ClassTrees } from '../trees/class-trees.js';
import type { LabelFreeExperts } from './label-free-score.js';
import type { NetWeights } from '../training/net-types.js';
import type { ProgressListener, UnlabelledRows } from '../training/window.js';

/**
 * The experts in the order of the stacker's weights. The kernel experts need input features: `kernel` learns true classes or, where none are known, failures;
 * `joint` and `consensus` need true classes, the latter predictions without a ground truth too, as does `pretrained`, which needs no label; `trees` are of tables, `error` of regressions.
 */
export const EXPERTS = ['anchor', 'nn', 'lr', 'so', 'kernel', 'joint', 'consensus', 'pretrained', 'trees', 'error'] as const;
export type ExpertName = (typeof EXPERTS)[number];

export interface FitOptions {
  readonly behaviour: BehaviourLayout;
  /** Integer from 0 to 2^53 - 1. */
  readonly seed: number;
  /** Newest labelled rows kept for the distances. */
  readonly maxStoredRows: number;
  /** Newest predictions without a ground truth, of the window's feature schema; null: none are used. */
  readonly unlabelled: UnlabelledRows | null;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/** How trees are read: their true classes in a pool with the base model's; or, where none are known, what becomes of a prediction, by how its failure logit is above `centre`. */
export type TreesReading = { readonly pool: PoolWeights } | { readonly centre: number };

/** Everything a serving graph needs beyond the anchor. */
export interface RecipeParameters {
  readonly transform: InputTransform;
  /** Null: distances are those between Xi. */
  readonly metric: DistanceMetric | null;
  readonly store: ReferenceStore | null;
  readonly evidence: EvidenceFit;
  readonly nn: LinearWeights;
  readonly lr: LinearWeights;
  /** Null when there is nothing a net could read; then the second expert stands in. */
  readonly nets: NetWeights | null;
  /** Re-scales the nets' failure logit; null: it is taken as it is. */
  readonly netScale: LinearWeights | null;
  /** Empty, or the kernel experts in their order, the last one where it was fitted. */
  readonly kernels: readonly { readonly name: ExpertName; readonly opinion: KernelOpinion; readonly linear: LinearWeights }[];
  /** Null where classes are known, and without input features. */
  readonly outcomeKernel: { readonly regression: OutcomeRegression; readonly linear: LinearWeights } | null;
  /** Of a regression; null for other tasks, without input features, and where too few errors are known. */
  readonly errorKernel: { readonly regression: ErrorRegression; readonly linear: LinearWeights } | null;
  /** Null without predictions that have no ground truth. */
  readonly pretrained: { readonly experts: LabelFreeExperts; readonly linear: LinearWeights } | null;
  /** Null where they have no say. */
  readonly trees: { readonly trees: ClassTrees; readonly reading: TreesReading; readonly linear: LinearWeights } | null;
  /** The experts that the stacker weighs, in its order. */
  readonly names: readonly ExpertName[];
  readonly stacker: StackerWeights;
  /** By what facts the pretrained trees correct what the experts say together, and how much is taken of it; null where there is no expert `pretrained`. */
  readonly correction: { readonly facts: Float32Array; readonly linear: LinearWeights } | null;
}

export interface MetaModelParameters {
  readonly form: Form;
  readonly anchor: LinearWeights;
  /** Null with too few labels: the anchor serves alone. */
  readonly recipe: RecipeParameters | null;
}

/** What is worth knowing about a fit. */
export interface FitDiagnostics {
  readonly rows: number;
  readonly failures: number;
  /** min(failures, successes). */
  readonly fewerOutcomes: number;
  /** `anchor` when the anchor serves alone. */
  readonly form: FormKind | 'anchor';
  readonly storedRows: number;
  /** Of the learned directions in distances; 0: plain distances between Xi. */
  readonly learnedShare: number;
  /** Input features that are read by the order of their values. */
  readonly orderedColumns: number;
  /** Predictions without a ground truth that were learnt from. */
  readonly unlabelledRows: number;
  /** Mean out-of-fold log loss of each expert and of the stacked score. */
  readonly logLoss: Readonly<Partial<Record<ExpertName | 'stacked', number>>>;
  readonly stacker: { readonly intercept: number; readonly weights: readonly number[] } | null;
  /** What the failure logits owe to a visible shift of the newest labelled rows; 0: none is seen. */
  readonly recentOffset: number;
  /** Weights of base log-probabilities and nearest-class affinities in the pool. */
  readonly pool: { readonly logProbability: number; readonly affinity: number } | null;
  readonly tau: number | null;
  /** Penalties that the kernel regressions chose. */
  readonly kernelPenalties: readonly number[];
  /** Rounds of the boosted trees; 0 without. */
  readonly treeRounds: number;
  /** What the failure logit of the nets is multiplied by; null: it is taken as it is. */
  readonly netSlope: number | null;
  /** Steps of the snapshot that was kept, and the re-scaled log loss at each. */
  readonly netSteps: number | null;
  readonly snapshotLosses: readonly number[];
}

export interface FittedMetaModel {
  /** One graph: META_GRAPH.input [N, width] -> META_GRAPH.output [N]. */
  readonly onnx: Uint8Array;
  /** Out-of-fold failure probability of each row; the stacker is cross-fitted too. */
  readonly outOfFold: Float64Array;
  /** The same of the anchor alone. */
  readonly anchorOutOfFold: Float64Array;
  readonly diagnostics: FitDiagnostics;
}
