import type { SeriesColumns } from '../features/layout.js';
import type { FeatureRows } from './feature-rows.js';

/** Input features, ascending, that describe series one way, and all that are of no series. */
export interface SeriesViews {
  /** By what happens in them. */
  readonly happenings: Int32Array;
  /** Value by value, as the columns of a table. */
  readonly table: Int32Array;
}

/** Both descriptions of the series among the input features; null where none is described twice. */
export function seriesViews({ inputWidth, series }: Pick<FeatureRows, 'inputWidth' | 'series'>): SeriesViews | null {
  if (series === undefined || series.length === 0) return null;
  const all = Int32Array.from({ length: inputWidth }, (_, column) => column);
  const without = (part: (columns: SeriesColumns) => readonly [from: number, to: number]): Int32Array => {
    const left = series.map(part);
    return all.filter((column) => !left.some(([from, to]) => column >= from && column < to));
  };
  return { happenings: without(({ start, middle }) => [start, middle]), table: without(({ middle, end }) => [middle, end]) };
}
