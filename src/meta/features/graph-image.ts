import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { SideAxes } from './image.js';

/** An image in a graph: float32 [N, C, H, W], or [N, H, W] without channels. */
export interface GraphImage {
  readonly value: Value;
  readonly hasChannels: boolean;
  /** Null where it is known only at run time. */
  readonly height: number | null;
  readonly width: number | null;
}

/** Takes a float32 tensor [N, C, H, W], [N, H, W, C] or [N, H, W] of sizes `dims` for images; channels that stand last are put first. */
export function addImage(graph: GraphBuilder, value: Value, dims: readonly (number | null)[], { heightAxis, widthAxis }: SideAxes): GraphImage {
  const hasChannels = dims.length === 4;
  const areLast = hasChannels && heightAxis === 1;
  return {
    value: areLast ? graph.node('Transpose', [value], { perm: [0, 3, 1, 2] }) : value,
    hasChannels,
    height: dims[heightAxis] ?? null,
    width: dims[widthAxis] ?? null,
  };
}

/** The mean of its channels. */
export function addGray(graph: GraphBuilder, image: GraphImage): GraphImage {
  if (!image.hasChannels) return image;
  return { ...image, value: graph.node('ReduceMean', [image.value], { axes: [1], keepdims: 0 }), hasChannels: false };
}
