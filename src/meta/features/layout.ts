import type { TensorInfo } from '../../engine/tensor.js';
import type { ColourFeature } from './colour-plan.js';
import type { GradientFeature } from './gradient-plan.js';
import type { SideAxes } from './image.js';
import type { SeriesFeature } from './series-plan.js';

/** What is asked of the base model beside the row itself: the same picture in a mirror. */
export type Augmentation = 'horizontal_flip';

/**
 * How the behaviour of the base model is written into the feature vector.
 * - `classes`: L, the natural logarithm of every class probability, clipped at ln 1e-9 and normalized again (K numbers);
 *   used up to 256 classes;
 * - `sorted`: [s, g, ln(p2/p1), entropy] and the 16 largest L in descending order (20 numbers); used above;
 * - `none`: regression and custom tasks (their numeric outputs are part of the input features).
 *
 * With an augmentation L is the mean of the row's and of the augmented row's, normalized again, and p1 the probability of the class that is predicted
 * for the row itself, which need not be the largest: in `classes` its index is one more number, after L.
 */
export type BehaviourLayout =
  | { readonly kind: 'classes'; readonly classes: number; readonly augmentation?: Augmentation }
  | { readonly kind: 'sorted'; readonly classes: number; readonly top: number; readonly augmentation?: Augmentation }
  | { readonly kind: 'none' };

/** How one tensor becomes numbers of the feature vector. */
export interface InputFeature {
  readonly tensor: TensorInfo;
  readonly method: 'identity' | 'gradients' | 'colours' | 'average_pool' | 'series' | 'projection' | 'hash' | 'text' | 'tokens' | 'skip';
  /** Numbers that it yields a row. */
  readonly width: number;
  /** Shape of the picture that a flat row becomes before all else; axes are then those of [N, ...picture]. */
  readonly picture?: readonly number[];
  /** For `average_pool`: axes of height and width in the tensor and the pooled size. */
  readonly pool?: SideAxes & { readonly height: number; readonly width: number };
  /** For `gradients`. */
  readonly gradients?: GradientFeature;
  /** For `tokens`: the input that says which of them count; absent where all do. */
  readonly mask?: TensorInfo;
  /** For `colours`. */
  readonly colours?: ColourFeature;
  /** For `series`. */
  readonly series?: SeriesFeature;
}

/**
 * What a mirror does to the input features of a row: for each of them, from 1, which one of the row has its value in the mirror image, negative where
 * the sign is the other. Its own inverse.
 */
export type MirroredColumns = readonly number[];

/** Input features of a series that is described twice: [start, middle) are its values one by one, [middle, end) what happens in it. */
export interface SeriesColumns {
  readonly start: number;
  readonly middle: number;
  readonly end: number;
}

/** What a fit must know of the numbers in a feature vector. */
export interface VectorForm {
  /** inputWidth + the behaviour's width; at least 1. */
  readonly width: number;
  /** Sum of the widths of the inputs; 1, a constant 0, where neither they nor the behaviour yield a number. */
  readonly inputWidth: number;
  /** Where the rows are known to mean the same in a mirror (the augmentation of the behaviour), and their features can tell what they are there. */
  readonly mirror?: MirroredColumns | undefined;
  /** Of each series that is described twice; absent where none is. */
  readonly series?: readonly SeriesColumns[] | undefined;
}

/** The form alone, of whatever has it; what is not known is absent. */
export function vectorForm({ width, inputWidth, mirror, series }: VectorForm): VectorForm {
  return { width, inputWidth, ...(mirror !== undefined && { mirror }), ...(series !== undefined && { series }) };
}

/** A feature vector is [input features | behaviour], float32. */
export interface FeatureLayout extends VectorForm {
  readonly inputs: readonly InputFeature[];
  readonly behaviour: BehaviourLayout;
  /** SHA-256 (hex, 16 characters) of everything above; a meta-model names the one it reads. */
  readonly schema: string;
}

/** Whether rows of a layout yield no number, so that a constant 0 stands for each. */
export function yieldsNothing({ behaviour, inputs }: FeatureLayout): boolean {
  return behaviour.kind === 'none' && inputs.every(({ width }) => width === 0);
}

/** How class scores stand in the base model's output. */
export type ScoreKind = 'probabilities' | 'logits' | 'binary_probability' | 'binary_logit';

/** Names of the outputs of every feature graph. */
export const FEATURE_OUTPUTS = {
  /** float32 [N, width] */
  features: 'metaerr_features',
  /** int64 [N]: index of the largest class score (absent without behaviour). */
  classes: 'metaerr_class',
  /** float32 [N]: probability of that class (absent without behaviour). */
  confidence: 'metaerr_confidence',
  /** float32 [N]: 1 - confidence without cancellation, with an augmentation 1 less the probability of both (absent without behaviour). */
  coldStart: 'metaerr_cold_start',
} as const;

/** Names of the input and output of every meta-model graph. */
export const META_GRAPH = {
  /** float32 [N, width] */
  input: 'features',
  /** float32 [N]: the failure probability. */
  output: 'failure_probability',
} as const;
