import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { clip, matrix, minus, times } from './operators.js';

/** Columns that vary, made to mean 0 and standard deviation 1 and clipped to +-5; the others are dropped. */
export interface Standardizer {
  readonly inputWidth: number;
  /** Indexes of the columns that are kept, ascending. */
  readonly kept: Int32Array;
  /** One a kept column. */
  readonly mean: Float32Array;
  /** 1 / standard deviation. */
  readonly scale: Float32Array;
}

/** Beyond this a number is taken for this; squares of sums of such numbers are still float32 numbers. */
export const LARGEST_INPUT = 1e15;
const CLIP = 5;

/** Fits the rule on `rows` x `width` numbers; NaN counts as missing. */
export function fitStandardizer(data: Float32Array, rows: number, width: number, stride = width): Standardizer {
  const kept: number[] = [];
  const means: number[] = [];
  const scales: number[] = [];
  const column = new Float32Array(rows);
  for (let j = 0; j < width; j++) {
    const known = readColumn(data, rows, stride, j, column);
    const { mean, deviation } = moments(column, known);
    if (!(deviation > 1e-6 * Math.max(1, Math.abs(mean))) || nearlyConstant(column.subarray(0, known), rows)) continue;
    kept.push(j);
    means.push(mean);
    scales.push(1 / deviation);
  }
  return { inputWidth: width, kept: Int32Array.from(kept), mean: Float32Array.from(means), scale: Float32Array.from(scales) };
}

/** Copies the known values of a column, each within +-LARGEST_INPUT; returns how many there are. */
export function readColumn(data: Float32Array, rows: number, stride: number, column: number, into: Float32Array): number {
  let known = 0;
  for (let i = 0; i < rows; i++) {
    const value = data[i * stride + column]!;
    if (!Number.isNaN(value)) into[known++] = Math.min(LARGEST_INPUT, Math.max(-LARGEST_INPUT, value));
  }
  return known;
}

function moments(column: Float32Array, count: number): { mean: number; deviation: number } {
  if (count === 0) return { mean: 0, deviation: 0 };
  let sum = 0;
  for (let i = 0; i < count; i++) sum += column[i]!;
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (column[i]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / count) };
}

/** Whether fewer than max(1 %, 3) of the rows differ from the median; sorts the values. */
function nearlyConstant(values: Float32Array, rows: number): boolean {
  values.sort();
  const median = values[values.length >> 1]!;
  let differing = 0;
  for (const value of values) if (value !== median) differing++;
  return differing < Math.max(0.01 * rows, 3);
}

/** What a known value of the k-th kept column becomes; the same rule as the graph's. */
export function standardize({ mean, scale }: Standardizer, k: number, value: number): number {
  return Math.min(CLIP, Math.max(-CLIP, (value - mean[k]!) * scale[k]!));
}

/** Emits the rule on an N x inputWidth matrix; null when no column is kept. */
export function emitStandardizer(graph: GraphBuilder, value: Value, { inputWidth, kept, mean, scale }: Standardizer): Value | null {
  if (kept.length === 0) return null;
  const chosen = kept.length === inputWidth ? value : graph.node('Gather', [value, graph.ints([...kept])], { axis: 1 });
  const centred = centre(graph, chosen, mean);
  return clip(graph, times(graph, centred, matrix(graph, 1, kept.length, scale, 'scale')), -CLIP, CLIP);
}

/** x - mean, with 0 in the place of NaN and huge numbers cut to +-LARGEST_INPUT. */
export function centre(graph: GraphBuilder, value: Value, mean: Float32Array): Value {
  const bounded = clip(graph, value, -LARGEST_INPUT, LARGEST_INPUT);
  const centred = minus(graph, bounded, matrix(graph, 1, mean.length, mean, 'mean'));
  return graph.node('Where', [graph.node('IsNaN', [value]), graph.scalar('float32', 0), centred]);
}
