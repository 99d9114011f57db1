import { LEVELS } from './gradient-plan.js';
import { channelsOf, pixelGrid } from './image.js';
import type { ImageAxes, SideAxes } from './image.js';

/** What a coloured image is summarized by: the lowest spatial frequencies of its histograms of edge directions and of its colours. */
export interface ColourGrids {
  /** The size that the image is pooled to before its edges are looked for. */
  readonly pixels: { readonly height: number; readonly width: number; readonly channels: number };
  /** Directions of the edges of a cell. */
  readonly directions: number;
  /** Frequencies that are kept of each direction, and of each channel. */
  readonly frequencies: { readonly edges: number; readonly colours: number };
}

export type ColourFeature = SideAxes & ColourGrids;

/** Cells on each side of the grids that frequencies are taken of. */
export const COLOUR_CELLS = 8;
/** Half a circle: an edge against a bright background is the same edge against a dark one. */
const EDGE_DIRECTIONS = 12;
/** The part of the numbers that the edges may take. */
const EDGE_PART = 0.66;
/** Room below which gray images are averaged too. */
const LEAST_SHARE = 90;

/** Numbers a row. */
export function colourWidth({ pixels, directions, frequencies }: ColourGrids): number {
  return directions * frequencies.edges + pixels.channels * frequencies.colours + LEVELS;
}

/** How an image of several channels is summarized within `share` numbers; null where it has one channel, or where that is too few. */
export function planColours(row: readonly (number | null)[], axes: ImageAxes, share: number): ColourGrids | null {
  const channels = channelsOf(row, axes);
  if (channels === 1 || share < LEAST_SHARE) return null;
  const most = COLOUR_CELLS ** 2;
  const edges = Math.min(most, Math.floor((EDGE_PART * share) / EDGE_DIRECTIONS));
  const colours = Math.min(most, Math.floor((share - edges * EDGE_DIRECTIONS - LEVELS) / channels));
  return { pixels: { ...pixelGrid(row, axes), channels }, directions: EDGE_DIRECTIONS, frequencies: { edges, colours } };
}
