import { squaredDistances, type Points } from './distances.js';

/**
 * queries x k: indexes of the k nearest stored rows, nearest first, the lower index first among equals; k at most the stored
 * rows. With `leaveOut` the queries are the stored rows and none finds itself, so k is at most one less.
 */
export async function nearestRows(queries: Points, stored: Points, k: number, leaveOut: boolean): Promise<Int32Array> {
  const nearest = new Int32Array(queries.rows * k);
  const distances = new Float64Array(k);
  for await (const { start, queries: count, squared } of squaredDistances(queries, stored)) {
    for (let q = 0; q < count; q++) {
      const row = start + q;
      const line = squared.subarray(q * stored.rows, (q + 1) * stored.rows);
      selectNearest(line, leaveOut ? row : -1, nearest.subarray(row * k, (row + 1) * k), distances);
    }
  }
  return nearest;
}

/** Fills `nearest` with the indexes of the least distances, by insertion: most candidates fail the first comparison. */
function selectNearest(squared: Float32Array, excluded: number, nearest: Int32Array, distances: Float64Array): void {
  const k = nearest.length;
  distances.fill(Infinity);
  for (let s = 0; s < squared.length; s++) {
    const distance = squared[s]!;
    if (s === excluded || !(distance < distances[k - 1]!)) continue;
    let place = k - 1;
    for (; place > 0 && distances[place - 1]! > distance; place--) {
      distances[place] = distances[place - 1]!;
      nearest[place] = nearest[place - 1]!;
    }
    distances[place] = distance;
    nearest[place] = s;
  }
}
