import { matrix, plus, rowSum, times } from '../../../src/meta/experts/operators.js';
import { runChunks } from '../../../src/meta/fit/staged-run.js';

/** Points of a Euclidean space: `data` is rows x width, row-major. */
export interface Points {
  readonly rows: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** Distances of one run: 16 MB of them. */
const DISTANCES_PER_RUN = 1 << 22;

/** Squared distances of some queries to all stored points. */
export interface DistanceBlock {
  /** Index of the first query. */
  readonly start: number;
  readonly queries: number;
  /** queries x stored rows, row-major; off by some 1e-6 of the squared norms, and so maybe below 0. */
  readonly squared: Float32Array;
}

/** All squared distances |q|^2 - 2 q.s + |s|^2, block by block, by one matrix product each. Needs a stored point. */
export async function* squaredDistances(queries: Points, stored: Points): AsyncGenerator<DistanceBlock> {
  const { factor, norms } = asFactor(stored);
  const blocks = runChunks({
    rows: queries.rows,
    chunk: Math.max(1, Math.floor(DISTANCES_PER_RUN / stored.rows)),
    feeds: { points: { width: queries.width, data: queries.data } },
    emit: (graph, { points }) => {
      const products = graph.node('MatMul', [points!, matrix(graph, stored.width, stored.rows, factor, 'stored')]);
      const toStored = plus(graph, products, matrix(graph, 1, stored.rows, norms, 'norms'));
      return { squared: plus(graph, toStored, rowSum(graph, times(graph, points!, points!))) };
    },
  }, {});
  for await (const { start, outputs } of blocks) {
    const squared = outputs.squared?.data ?? new Float32Array(0);
    yield { start, queries: squared.length / stored.rows, squared };
  }
}

/** -2 s transposed (width x rows), and |s|^2. */
function asFactor({ rows, width, data }: Points): { readonly factor: Float32Array; readonly norms: Float32Array } {
  const factor = new Float32Array(rows * width);
  const norms = new Float32Array(rows);
  for (let i = 0; i < rows; i++) {
    let norm = 0;
    for (let j = 0; j < width; j++) {
      const value = data[i * width + j]!;
      factor[j * rows + i] = -2 * value;
      norm += value * value;
    }
    norms[i] = norm;
  }
  return { factor, norms };
}

/** The squared distance of one pair, without cancellation. */
export function exactSquaredDistance(a: Points, row: number, b: Points, other: number): number {
  let sum = 0;
  for (let j = 0; j < a.width; j++) sum += (a.data[row * a.width + j]! - b.data[other * b.width + j]!) ** 2;
  return sum;
}
