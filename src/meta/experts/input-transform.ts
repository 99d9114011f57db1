import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { clip, columns, matrix } from './operators.js';
import { centre, emitStandardizer, type Standardizer } from './standardizer.js';
import type { PrincipalComponents } from './principal-components.js';

/** How the input features become Xi, fitted on the labelled rows. */
export type InputTransform =
  | { readonly kind: 'none' }
  | { readonly kind: 'standardized'; readonly standardizer: Standardizer }
  | { readonly kind: 'principal'; readonly mean: Float32Array; readonly components: PrincipalComponents };

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
  return transform.kind === 'standardized' ? transform.standardizer.kept.length : transform.components.count;
}

/** Leading numbers of Xi, or of its image under the metric, that distances to stored rows use. */
export function distanceWidth(transform: InputTransform): number {
  const width = transformedWidth(transform);
  return transform.kind === 'principal' ? Math.min(DISTANCE_COMPONENTS, width) : width;
}

/** Emits Xi from the input part of the feature vector (N x inputWidth); null when nothing varies. */
export function emitInputTransform(graph: GraphBuilder, inputs: Value | null, transform: InputTransform): Value | null {
  if (transform.kind === 'none' || inputs === null) return null;
  if (transform.kind === 'standardized') return emitStandardizer(graph, inputs, transform.standardizer);
  const { mean, components } = transform;
  const projection = matrix(graph, mean.length, components.count, components.projection, 'components');
  const projected = graph.node('MatMul', [centre(graph, inputs, mean), projection]);
  return clip(graph, projected, -COMPONENT_CLIP, COMPONENT_CLIP);
}

/** The part of Xi, or of its image under the metric, that distances to stored rows use. */
export function emitDistancePart(graph: GraphBuilder, points: Value, transform: InputTransform): Value {
  const width = distanceWidth(transform);
  return width === transformedWidth(transform) ? points : columns(graph, points, 0, width);
}
