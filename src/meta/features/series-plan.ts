/** Which inputs are taken for series: by their shape, by their shape and flat rows too, or none. */
export type SeriesReading = 'auto' | 'all' | 'none';

/** Measurements of one or more channels at equal steps of time. */
export interface SeriesShape {
  /** Whether the axis of time goes before that of the channels. */
  readonly timeFirst: boolean;
  /** Steps of time; null where they are known only at run time. */
  readonly length: number | null;
  readonly channels: number;
}

export interface SeriesFeature extends SeriesShape {
  /** Channels that the kernels look at: all of them, or so many sums of all with random signs. */
  readonly seen: number;
  /** Random convolutions, over all levels of detail. */
  readonly kernels: number;
  /** So many numbers before all others are the series itself, value by value; absent: none. */
  readonly values?: number;
}

/** Shorter rows are tables whose columns were given an axis of their own. */
export const LEAST_LENGTH = 32;
/** A series is at least so many times longer than it has channels; other rows of two axes are pictures or tables. */
export const LEAST_RATIO = 4;
/** Numbers that a kernel yields. */
export const KERNEL_NUMBERS = 3;
const MOST_SEEN = 32;
/** Rows of any length with more channels than this are taken for embeddings, of which the means say more. */
const MOST_CHANNELS = 64;
const LEAST_KERNELS = 16;
/** Kernels that must be left where the values of a series stand beside what happens in it. */
const LEAST_KERNELS_BESIDE = 48;
/** The same of series that are longer than tables with an axis of their own mostly are: as many as the default width has room for. */
const LEAST_KERNELS_BESIDE_MANY = 84;
const MANY_VALUES = 100;

type Dims = readonly (number | null)[];

const isLong = (length: number | null | undefined, channels: number): boolean => 
  length === null ? channels <= MOST_CHANNELS : length !== undefined && length >= Math.max(LEAST_LENGTH, LEAST_RATIO * channels);

/**
 * Takes the dimensions of a row (without the batch) for those of a series: [channels, time] or [time, channels], where time is the axis that is known only
 * at run time, or much the longer one; further axes of size 1 do not matter. Rows of one axis only where the reading is `all`. Null when it is none.
 */
export function seriesShape(row: Dims, reading: SeriesReading): SeriesShape | null {
  if (reading === 'none' || row.length === 0 || (row.length === 1 && reading !== 'all')) return null;
  const [first, second, ...more] = row.filter((dim) => dim !== 1);
  if (more.length > 0) return null;
  if (second === undefined) return isLong(first, 1) ? { timeFirst: false, length: first ?? null, channels: 1 } : null;
  if (first != null && isLong(second, first)) return { timeFirst: false, length: second, channels: first };
  return second !== null && isLong(first, second) ? { timeFirst: true, length: first ?? null, channels: second } : null;
}

/** Numbers that say how high and how strong a series is: of each channel, and of all together where there are several. */
export function levelNumbers(seen: number): number {
  return seen === 1 ? 2 : 2 * seen + 1;
}

/** Numbers a row. */
export function seriesWidth({ seen, kernels, values = 0 }: SeriesFeature): number {
  return values + levelNumbers(seen) + KERNEL_NUMBERS * kernels;
}

/**
 * How a series is described within `share` numbers; null where that is too few. A short one of one channel may be a table whose columns were given an axis
 * of their own, which no shape tells: it is described both ways, and labels choose.
 */
export function planSeries(shape: SeriesShape, share: number): SeriesFeature | null {
  const seen = Math.min(shape.channels, MOST_SEEN);
  const kernelsIn = (room: number): number => Math.floor((room - levelNumbers(seen)) / KERNEL_NUMBERS);
  const values = shape.channels === 1 ? (shape.length ?? 0) : 0;
  const beside = kernelsIn(share - values);
  if (values > 0 && beside >= (values > MANY_VALUES ? LEAST_KERNELS_BESIDE_MANY : LEAST_KERNELS_BESIDE)) return { ...shape, seen, kernels: beside, values };
  return kernelsIn(share) < LEAST_KERNELS ? null : { ...shape, seen, kernels: kernelsIn(share) };
}
