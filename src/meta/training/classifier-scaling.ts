import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';

/**
 * `features`: each feature by its own mean and deviation. `image`: all by one mean and one deviation, so that pixels keep
 * their proportions. `none`: as they are.
 */
export type ScalingKind = 'features' | 'image' | 'none';

/** scaled = (x - mean) * factor; one value each for all features, or one per feature. */
export interface Scaling {
  readonly mean: Float32Array;
  readonly factor: Float32Array;
}

/** A deviation is at least this part of the feature's range, so that a feature that is nearly always the same is not blown up. */
const LEAST_DEVIATION_OF_RANGE = 0.1;

interface Spread {
  readonly mean: number;
  readonly deviation: number;
  readonly range: number;
}

/** Mean, deviation and range of every `stride`-th value from `start`. */
function spreadOf(values: Float32Array, start: number, stride: number): Spread {
  let sum = 0;
  let least = Infinity;
  let most = -Infinity;
  const count = Math.floor((values.length - start + stride - 1) / stride);
  for (let index = start; index < values.length; index += stride) {
    const value = values[index] ?? 0;
    sum += value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const mean = sum / count;
  let squares = 0;
  for (let index = start; index < values.length; index += stride) squares += ((values[index] ?? 0) - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / count), range: most - least };
}

/** Constant features get the factor 0: they tell nothing, and another value in service must not upset the net. */
function factorOf({ deviation, range }: Spread): number {
  return range === 0 ? 0 : 1 / Math.max(deviation, LEAST_DEVIATION_OF_RANGE * range);
}

/** Fits the scaling to training inputs (rows x width, row-major); null where nothing is to be done. */
export function fitScaling(kind: ScalingKind, inputs: Float32Array, width: number): Scaling | null {
  if (kind === 'none') return null;
  const spreads = kind === 'image' ? [spreadOf(inputs, 0, 1)] : Array.from({ length: width }, (_, feature) => spreadOf(inputs, feature, width));
  return { mean: Float32Array.from(spreads, ({ mean }) => mean), factor: Float32Array.from(spreads, factorOf) };
}

/** Writes the scaling of `inputs` (rows, width). */
export function emitScaling(graph: GraphBuilder, inputs: Value, scaling: Scaling | null): Value {
  if (scaling === null) return inputs;
  return graph.node('Mul', [graph.node('Sub', [inputs, graph.floats(scaling.mean)]), graph.floats(scaling.factor)]);
}
