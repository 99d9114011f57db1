import { exactSquaredDistance, type Points } from '../../quality/baselines/distances.js';
import { nearestRows as nearestOf } from '../../quality/baselines/nearest-rows.js';

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
  const neighbours = await nearestOf(points, points, size, true);
  const squared = Float64Array.from(neighbours, (other, edge) => exactSquaredDistance(points, Math.floor(edge / size), points, other));
  return { rows: points.rows, size, neighbours, squared };
}
