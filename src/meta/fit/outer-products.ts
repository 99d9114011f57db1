import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { outerProduct } from '../experts/operators.js';
import type { ColumnSet } from './column-set.js';
import { runChunks, type StageHooks } from './staged-run.js';

const CHUNK = 1024;

/** Mean outer product (d x d, row-major) of what `emit` makes of the rows (N x d): products of chunks in float32, their sum in float64. */
export async function meanOuterProduct(set: ColumnSet, emit: (graph: GraphBuilder, rows: Value) => Value, hooks: StageHooks): Promise<Float64Array> {
  const rows = set.data.length / set.width;
  let sum = new Float64Array(0);
  const products = runChunks({
    rows, chunk: CHUNK, feeds: { set },
    emit: (graph, inputs) => ({ product: outerProduct(graph, emit(graph, inputs.set!)) }),
  }, hooks);
  for await (const { outputs } of products) {
    const part = outputs.product!.data;
    if (sum.length === 0) sum = new Float64Array(part.length);
    for (let i = 0; i < sum.length; i++) sum[i]! += part[i]! / rows;
  }
  return sum;
}
