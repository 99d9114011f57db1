import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { RidgeHooks } from '../kernel/ridge.js';
import { otherRows, pickRows } from '../training/pick-rows.js';
import type { ColumnSet } from './column-set.js';
import { runStage } from './staged-run.js';

/** Where every row lies, and what a mirror multiplies each number of it by, if that is known. */
export interface OutcomePoints {
  readonly points: ColumnSet;
  readonly signs: Float32Array | null;
}

const CHUNK = 512;

/** Fills in what a regression says of the rows that it did not learn from. */
export async function fillOthers(
  scores: Float32Array, learnt: Int32Array, points: ColumnSet, emit: (graph: GraphBuilder, points: Value) => Value, { signal }: RidgeHooks,
): Promise<void> {
  const others = otherRows(scores.length, learnt);
  if (others.length === 0) return;
  const feed = { width: points.width, data: pickRows(points.data, points.width, others) };
  const { values } = await runStage({ rows: others.length, chunk: CHUNK, feeds: { points: feed }, emit: (graph, inputs) => ({ values: emit(graph, inputs.points!) }) }, { signal });
  others.forEach((row, at) => (scores[row] = values!.data[at]!));
}
