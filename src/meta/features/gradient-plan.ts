import { pixelGrid, pooledGrid } from './image.js';
import type { ImageAxes, PooledGrid, SideAxes } from './image.js';

/** What an image is summarized by: histograms of gradient directions over a grid of cells, and a coarse picture. */
export interface GradientGrids {
  /** The gray picture that the gradients are taken from. */
  readonly gray: { readonly height: number; readonly width: number };
  /** Cells on each side of the grid of histograms. */
  readonly cells: number;
  /** The coarse picture in its colours. */
  readonly coarse: PooledGrid;
}

export type GradientFeature = SideAxes & GradientGrids;

/** Directions of a histogram, over the full circle: dark on bright is not bright on dark. */
export const DIRECTIONS = 8;
/** The logarithms of brightness and contrast. */
export const LEVELS = 2;

/** The part of the numbers that the histograms may take. */
const HISTOGRAM_PART = 0.8;
const FEWEST_CELLS = 3;
const MOST_CELLS = 8;
/** Values that the coarse picture has at least. */
const LEAST_COARSE = 9;

/** Numbers a row. */
export function gradientWidth({ cells, coarse }: Pick<GradientGrids, 'cells' | 'coarse'>): number {
  return DIRECTIONS * cells ** 2 + coarse.height * coarse.width * coarse.channels + LEVELS;
}

/** How an image is summarized within `share` numbers; null where that is too few for a grid of 3 x 3 histograms and a coarse picture. */
export function planGradients(row: readonly (number | null)[], axes: ImageAxes, share: number): GradientGrids | null {
  const cells = Math.min(MOST_CELLS, Math.floor(Math.sqrt((HISTOGRAM_PART * share) / DIRECTIONS)));
  const left = share - DIRECTIONS * cells ** 2 - LEVELS;
  if (cells < FEWEST_CELLS || left < LEAST_COARSE) return null;
  return { gray: pixelGrid(row, axes), cells, coarse: pooledGrid(row, axes, left) };
}
