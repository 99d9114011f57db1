import { exactSquaredDistance, squaredDistances, type Points } from '../../quality/baselines/distances.js';

/** The edges of each row to its nearest other rows: `neighbours` and `squared` are rows x size, row-major. */
export interface NearestRows {
  readonly rows: number;
  readonly size: number;
  readonly neighbours: Int32Array;
  /** Squared distances, ascending for each row. */
  readonly squared: Float64Array;
}

/** The `size` nearest other rows of every row, exact. */
export async function nearestRows(points: Points, size: number): Promise<NearestRows> {
  const { rows } = points;
  const neighbours = new Int32Array(rows * size);
  const squared = new Float64Array(rows * size);
  for await (const block of squaredDistances(points, points)) {
    for (let q = 0; q < block.queries; q++) {
      const row = block.start + q;
      const nearest = smallest(block.squared.subarray(q * rows, (q + 1) * rows), row, size);
      nearest.forEach((other, k) => {
        neighbours[row * size + k] = other;
        squared[row * size + k] = exactSquaredDistance(points, row, points, other);
      });
    }
  }
  return { rows, size, neighbours, squared };
}

/** Indexes of the smallest values but that at `own`, smallest first, by insertion: few are ever inserted. */
function smallest(values: Float32Array, own: number, count: number): Int32Array {
  const indexes = new Int32Array(count).fill(-1);
  const found = new Float64Array(count).fill(Infinity);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= found[count - 1]! || i === own) continue;
    let place = count - 1;
    for (; place > 0 && found[place - 1]! > value; place--) {
      found[place] = found[place - 1]!;
      indexes[place] = indexes[place - 1]!;
    }
    found[place] = value;
    indexes[place] = i;
  }
  return indexes;
}
