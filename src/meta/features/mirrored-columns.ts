import type { ColourGrids } from './colour-plan.js';
import { COLOUR_CELLS } from './colour-plan.js';
import { frequencyPairs } from './frequencies.js';
import { DIRECTIONS, LEVELS } from './gradient-plan.js';
import type { GradientGrids } from './gradient-plan.js';
import type { InputFeature, MirroredColumns } from './layout.js';

/**
 * Of the inputs of a layout of which `mirrored` are pictures that are turned. Null where one of these is not described by edges and colours: small
 * pictures as they are, or averaged.
 */
export function mirroredColumns(inputs: readonly InputFeature[], mirrored: ReadonlySet<string>): MirroredColumns | null {
  const columns: number[] = [];
  for (const feature of inputs) {
    const own = mirrored.has(feature.tensor.name) && feature.width > 0 ? pictureColumns(feature) : same(feature.width);
    if (own === null) return null;
    const before = columns.length;
    for (const column of own) columns.push(column + Math.sign(column) * before);
  }
  return columns;
}

function pictureColumns({ colours, gradients }: InputFeature): number[] | null {
  if (colours !== undefined) return colourColumns(colours);
  return gradients === undefined ? null : gradientColumns(gradients);
}

function same(width: number): number[] {
  return Array.from({ length: width }, (_, i) => i + 1);
}

/** Half a circle: an edge at an angle stands at its supplement; of the frequencies the odd ones across change their sign. */
function colourColumns({ directions, frequencies, pixels }: ColourGrids): number[] {
  const edgeSigns = signsOf(frequencies.edges);
  const colourSigns = signsOf(frequencies.colours);
  const columns: number[] = [];
  for (let k = 0; k < directions; k++) {
    const from = ((directions - k) % directions) * frequencies.edges;
    edgeSigns.forEach((sign, at) => columns.push(sign * (from + at + 1)));
  }
  const colours = directions * frequencies.edges;
  for (let channel = 0; channel < pixels.channels; channel++) {
    colourSigns.forEach((sign, at) => columns.push(sign * (colours + channel * frequencies.colours + at + 1)));
  }
  return withLevels(columns);
}

function signsOf(count: number): number[] {
  return frequencyPairs(COLOUR_CELLS, count).map(([, across]) => (across % 2 === 0 ? 1 : -1));
}

/** The full circle: what rises to the right rises to the left; cells and coarse pixels stand on the other side. */
function gradientColumns({ cells, coarse }: GradientGrids): number[] {
  const columns: number[] = [];
  for (let k = 0; k < DIRECTIONS; k++) pushTurned(columns, ((DIRECTIONS / 2 - k + DIRECTIONS) % DIRECTIONS) * cells ** 2, cells, cells);
  const start = DIRECTIONS * cells ** 2;
  for (let channel = 0; channel < coarse.channels; channel++) pushTurned(columns, start + channel * coarse.height * coarse.width, coarse.height, coarse.width);
  return withLevels(columns);
}

/** A grid, row by row, whose first number stands at `from`. */
function pushTurned(columns: number[], from: number, height: number, width: number): void {
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) columns.push(from + y * width + (width - 1 - x) + 1);
}

function withLevels(columns: readonly number[]): number[] {
  return [...columns, ...Array.from({ length: LEVELS }, (_, i) => columns.length + i + 1)];
}
