import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { clip, matrix, minus, plus, times } from './operators.js';
import { LARGEST_INPUT } from './standardizer.js';

/** Columns read by the order of their values: broken lines through knots, from a value to its normal score. Row-major, one row a column. */
export interface NormalScores {
  /** Indexes of the columns, ascending. */
  readonly columns: Int32Array;
  /** Pieces of each line; those that a column does not need rise by 0. */
  readonly pieces: number;
  /** columns x pieces: where each piece begins. */
  readonly starts: Float32Array;
  /** columns x pieces: 1 / its length. */
  readonly steepness: Float32Array;
  /** columns x pieces: how far it rises. */
  readonly rises: Float32Array;
  /** One a column: the score at the first knot, less the mean. */
  readonly offsets: Float32Array;
}

/**
 * Emits the scores (N x columns) of an N x inputWidth matrix: 0, the mean, for NaN, and constant beyond the outermost knots. Each piece gives its
 * part of the rise, so that no sum of large numbers cancels.
 */
export function emitNormalScores(graph: GraphBuilder, value: Value, { columns, pieces, starts, steepness, rises, offsets }: NormalScores): Value {
  const count = columns.length;
  const table = (data: Float32Array, hint: string): Value => graph.constant({ type: 'float32', dims: [1, count, pieces], data }, hint);
  const chosen = graph.node('Gather', [value, graph.ints([...columns])], { axis: 1 });
  const wide = graph.node('Unsqueeze', [clip(graph, chosen, -LARGEST_INPUT, LARGEST_INPUT), graph.ints([2])]);
  const passed = clip(graph, times(graph, minus(graph, wide, table(starts, 'starts')), table(steepness, 'steepness')), 0, 1);
  const risen = graph.node('ReduceSum', [times(graph, passed, table(rises, 'rises')), graph.ints([2])], { keepdims: 0 });
  const scores = plus(graph, risen, matrix(graph, 1, count, offsets, 'offsets'));
  return graph.node('Where', [graph.node('IsNaN', [chosen]), graph.scalar('float32', 0), scores]);
}
