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

/** How the values of one column are standardized; both are float32 numbers. */
export interface ColumnRule {
  readonly mean: number;
  /** 1 / standard deviation. */
  readonly scale: number;
}

/** Sees a column that is kept: its rule and its known values, ascending, which the next column overwrites. */
export type ColumnListener = (rule: ColumnRule, sorted: Float32Array) => void;

/** Fits the rule on `rows` x `width` numbers; NaN counts as missing. */
export function fitStandardizer(data: Float32Array, rows: number, width: number, stride = width, onColumn: ColumnListener = () => undefined): Standardizer {
  const kept: number[] = [];
  const rules: ColumnRule[] = [];
  const column = new Float32Array(rows);
  for (let j = 0; j < width; j++) {
    const values = readColumn(data, rows, stride, j, column);
    const { mean, deviation } = moments(values);
    if (!(deviation > 1e-6 * Math.max(1, Math.abs(mean)))) continue;
    const sorted = values.sort();
    if (nearlyConstant(sorted, rows)) continue;
    const rule = { mean: Math.fround(mean), scale: Math.fround(1 / deviation) };
    kept.push(j);
    rules.push(rule);
    onColumn(rule, sorted);
  }
  return { inputWidth: width, kept: Int32Array.from(kept), mean: Float32Array.from(rules, ({ mean }) => mean), scale: Float32Array.from(rules, ({ scale }) => scale) };
}

/** Copies the known values of a column, each within +-LARGEST_INPUT; returns them as a view of `into`. */
function readColumn(data: Float32Array, rows: number, stride: number, column: number, into: Float32Array): Float32Array {
  let known = 0;
  for (let i = 0; i < rows; i++) {
    const value = data[i * stride + column]!;
    if (!Number.isNaN(value)) into[known++] = Math.min(LARGEST_INPUT, Math.max(-LARGEST_INPUT, value));
  }
  return into.subarray(0, known);
}

function moments(values: Float32Array): { mean: number; deviation: number } {
  if (values.length === 0) return { mean: 0, deviation: 0 };
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** Whether fewer than max(1 %, 3) of the rows differ from the median. */
function nearlyConstant(sorted: Float32Array, rows: number): boolean {
  const median = sorted[sorted.length >> 1]!;
  let differing = 0;
  for (const value of sorted) if (value !== median) differing++;
  return differing < Math.max(0.01 * rows, 3);
}

/** What a known value of a kept column becomes; the same rule as the graph's. */
export function standardize({ mean, scale }: ColumnRule, value: number): number {
  return Math.min(CLIP, Math.max(-CLIP, (value - mean) * scale));
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
