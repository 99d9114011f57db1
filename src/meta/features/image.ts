import { LEAST_RATIO } from './series-plan.js';

type Dims = readonly (number | null)[];

/** Where height, width and channels of an image stand among the axes of its tensor, counted from the first axis of a row. */
export interface ImageAxes {
  readonly channel: number | null;
  readonly height: number;
  readonly width: number;
}

/** Axes of height and width in a tensor. */
export interface SideAxes {
  readonly heightAxis: number;
  readonly widthAxis: number;
}

const LEAST_SIDE = 8;
const MOST_CHANNELS = 4;
/** Channels are kept where every one of them gets at least so many cells. */
const LEAST_CELLS = 16;
/** Sides of the grid, where the size of the image is known only at run time. */
const VARIABLE_SIDE = 16;

const isSide = (dim: number | null | undefined): boolean => dim === null || (dim !== undefined && dim >= LEAST_SIDE);
const isChannels = (dim: number | null | undefined): boolean => typeof dim === 'number' && dim >= 1 && dim <= MOST_CHANNELS;

/**
 * Takes the dimensions of a row (without the batch) for those of an image: [C, H, W] or [H, W, C] with 1 to 4 channels, or
 * [H, W] of known size, where one may not be so much longer that it is the time of a series; sides of 8 or more. Null when it is none.
 */
export function imageAxes(row: Dims): ImageAxes | null {
  const [first, second, third] = row;
  if (row.length === 3 && isChannels(first) && isSide(second) && isSide(third)) return { channel: 0, height: 1, width: 2 };
  if (row.length === 3 && isSide(first) && isSide(second) && isChannels(third)) return { channel: 2, height: 0, width: 1 };
  const isEven = typeof first === 'number' && typeof second === 'number' && Math.max(first, second) < LEAST_RATIO * Math.min(first, second);
  return row.length === 2 && isEven && isSide(first) && isSide(second) ? { channel: null, height: 0, width: 1 } : null;
}

/** Numbers that an image could fill: all of its values, or a grid of 16 x 16 for each channel where its size varies. */
export function imageDemand(row: Dims, axes: ImageAxes): number {
  const height = row[axes.height] ?? VARIABLE_SIDE;
  const width = row[axes.width] ?? VARIABLE_SIDE;
  return height * width * channelsOf(row, axes);
}

export interface PooledGrid {
  readonly height: number;
  readonly width: number;
  /** As many as the image has, or 1 when they are averaged. */
  readonly channels: number;
}

/** What a grid may fill. */
export interface GridBounds {
  /** Most numbers of all cells and channels together. */
  readonly numbers: number;
  readonly channels: number;
  /** Taken for a side that is known only at run time. */
  readonly variableSide: number;
}

/** Every side divided by the smallest whole factor that makes the grid fit, so that 28 x 28 becomes 14 x 14 by whole cells. */
export function gridWithin(row: Dims, axes: ImageAxes, { numbers, channels, variableSide }: GridBounds): PooledGrid {
  const height = row[axes.height] ?? variableSide;
  const width = row[axes.width] ?? variableSide;
  let factor = 1;
  while (Math.ceil(height / factor) * Math.ceil(width / factor) * channels > numbers) factor++;
  return { height: Math.ceil(height / factor), width: Math.ceil(width / factor), channels };
}

/** The grid that an image is average-pooled to within `share` numbers. Channels are kept where each gets 16 cells or more, else averaged. */
export function pooledGrid(row: Dims, axes: ImageAxes, share: number): PooledGrid {
  const every = channelsOf(row, axes);
  return gridWithin(row, axes, { numbers: share, channels: share >= every * LEAST_CELLS ? every : 1, variableSide: VARIABLE_SIDE });
}

/** Finer pictures are pooled to so many pixels before their gradients are taken: more detail costs time and moves from row to row. */
const MOST_PIXELS = 32 * 32;
/** Sides of such a picture where the size of the image is known only at run time. */
const VARIABLE_PIXELS = 32;

/** The size that an image has when its gradients are taken. */
export function pixelGrid(row: Dims, axes: ImageAxes): { readonly height: number; readonly width: number } {
  const { height, width } = gridWithin(row, axes, { numbers: MOST_PIXELS, channels: 1, variableSide: VARIABLE_PIXELS });
  return { height, width };
}

/** Channels of an image, 1 where it has no axis for them. */
export function channelsOf(row: Dims, axes: ImageAxes): number {
  return axes.channel === null ? 1 : (row[axes.channel] ?? 1);
}
