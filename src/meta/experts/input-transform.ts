import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { emitNormalScores, type NormalScores } from './normal-scores.js';
import { beside, clip, columns, matrix, times } from './operators.js';
import { centre, emitStandardizer, type Standardizer } from './standardizer.js';
import type { PrincipalComponents } from './principal-components.js';

/** How the input features become Xi, fitted on the labelled rows. */
export type InputTransform =
  | { readonly kind: 'none' }
  | StandardizedInputs
  | PrincipalInputs;

export interface PrincipalInputs {
  readonly kind: 'principal';
  readonly mean: Float32Array;
  readonly components: PrincipalComponents;
  /** What a mirror multiplies each component by, 1 or -1; null where rows mean something else in a mirror. */
  readonly signs: Float32Array | null;
}

export interface StandardizedInputs {
  readonly kind: 'standardized';
  readonly standardizer: Standardizer;
  /** Columns that are read by the order of their values too, or only; null where there are none. */
  readonly ordered: OrderedColumns | null;
}

export interface OrderedColumns {
  readonly scores: NormalScores;
  /** What each standardized column is multiplied by. */
  readonly weights: Float32Array;
}

/** Above so many input features they are reduced by PCA. */
export const MAX_STANDARDIZED = 100;
/** Components that distances use. */
const DISTANCE_COMPONENTS = 30;
/** Far beyond any component of the training rows (the first has standard deviation 1). */
const COMPONENT_CLIP = 100;

/** Number of principal components for n rows of d features. */
export function componentCount(rows: number, dimension: number): number {
  return Math.min(rows - 1, dimension, Math.min(100, Math.max(30, Math.round(rows / 40))));
}

/** Numbers in Xi. */
export function transformedWidth(transform: InputTransform): number {
  if (transform.kind === 'none') return 0;
  if (transform.kind === 'principal') return transform.components.count;
  return transform.standardizer.kept.length + orderedColumns(transform);
}

/** What a mirror multiplies each number of Xi by; null where that is not known. */
export function mirrorSigns(transform: InputTransform): Float32Array | null {
  return transform.kind === 'principal' ? transform.signs : null;
}

/** Columns that are read by the order of their values. */
export function orderedColumns(transform: InputTransform): number {
  return transform.kind === 'standardized' ? (transform.ordered?.scores.columns.length ?? 0) : 0;
}

/** Leading numbers of Xi, or of its image under the metric, that distances to stored rows use. */
export function distanceWidth(transform: InputTransform): number {
  const width = transformedWidth(transform);
  return transform.kind === 'principal' ? Math.min(DISTANCE_COMPONENTS, width) : width;
}

/** Emits Xi from the input part of the feature vector (N x inputWidth); null when nothing varies. */
export function emitInputTransform(graph: GraphBuilder, inputs: Value | null, transform: InputTransform): Value | null {
  if (transform.kind === 'none' || inputs === null) return null;
  if (transform.kind === 'standardized') return emitStandardized(graph, inputs, transform);
  const { mean, components } = transform;
  const projection = matrix(graph, mean.length, components.count, components.projection, 'components');
  const projected = graph.node('MatMul', [centre(graph, inputs, mean), projection]);
  return clip(graph, projected, -COMPONENT_CLIP, COMPONENT_CLIP);
}

function emitStandardized(graph: GraphBuilder, inputs: Value, { standardizer, ordered }: StandardizedInputs): Value | null {
  const standardized = emitStandardizer(graph, inputs, standardizer);
  if (ordered === null) return standardized;
  const scores = emitNormalScores(graph, inputs, ordered.scores);
  if (standardized === null) return scores;
  return beside(graph, [times(graph, standardized, matrix(graph, 1, ordered.weights.length, ordered.weights, 'weights')), scores]);
}

/** The part of Xi, or of its image under the metric, that distances to stored rows use. */
export function emitDistancePart(graph: GraphBuilder, points: Value, transform: InputTransform): Value {
  const width = distanceWidth(transform);
  return width === transformedWidth(transform) ? points : columns(graph, points, 0, width);
}
