import { cleared, mean, pixelsOf, pooled, rms } from './picture-reference.js';
import type { Picture, PictureSize } from './picture-reference.js';

export interface Frequencies {
  readonly pixels: { readonly height: number; readonly width: number };
  readonly edges: number;
  readonly colours: number;
}

const DIRECTIONS = 12;
const SIDE = 8;
const CELLS = { height: SIDE, width: SIDE };

/** The lowest frequencies of an 8 x 8 grid: [down, across], by their sum, then the most even ones, then those with more down. */
const ORDER = [
  [0, 0], [1, 0], [0, 1], [1, 1], [2, 0], [0, 2], [2, 1], [1, 2], [3, 0], [0, 3], [2, 2], [3, 1], [1, 3], [4, 0], [0, 4],
  [3, 2], [2, 3], [4, 1], [1, 4], [5, 0], [0, 5], [3, 3], [4, 2], [2, 4], [5, 1], [1, 5], [6, 0], [0, 6],
] as const;

function lowest(cells: readonly number[], count: number): number[] {
  const basis = (frequency: number, at: number): number => (frequency === 0 ? Math.sqrt(1 / SIDE) : Math.sqrt(2 / SIDE)) * Math.cos(((2 * at + 1) * frequency * Math.PI) / (2 * SIDE));
  return ORDER.slice(0, count).map(([down, across]) => {
    let sum = 0;
    for (let y = 0; y < SIDE; y++) for (let x = 0; x < SIDE; x++) sum += basis(down, y) * basis(across, x) * (cells[y * SIDE + x] ?? NaN);
    return (sum * Math.sqrt(count)) / SIDE;
  });
}

/** What the features of a coloured picture must be, by loops over pixels. */
export function colourReference(picture: Picture, size: PictureSize, { pixels, edges, colours }: Frequencies): number[] {
  const channels = Array.from({ length: size.channels }, (_, c) => pixelsOf(pooled((y, x) => picture(c, y, x), size, pixels), pixels));
  const strengths = Array.from({ length: DIRECTIONS }, (_, k) => {
    const angle = (k * Math.PI) / DIRECTIONS;
    const along = (at: (y: number, x: number) => number, y: number, x: number): number => Math.abs(Math.cos(angle) * (at(y, x + 1) - at(y, x - 1)) + Math.sin(angle) * (at(y + 1, x) - at(y - 1, x)));
    return pooled((y, x) => Math.max(...channels.map((at) => along(at, y, x))), pixels, CELLS);
  });
  const cells = cleared(strengths);
  const energies = Array.from({ length: SIDE ** 2 }, (_, cell) => Math.hypot(...cells.map((direction) => direction[cell] ?? NaN)));
  const energy = pixelsOf(energies, CELLS);
  const around = energies.map((_, cell) => mean([-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => energy(Math.floor(cell / SIDE) + dy, (cell % SIDE) + dx)))));
  const coarse = channels.map((at) => pooled(at, pixels, CELLS));
  const centred = coarse.map((channel) => channel.map((value) => value - mean(coarse.flat())));
  const least = 1e-4 * rms(coarse.flat()) + 1e-12;
  const every = Math.max(mean(energies), least);
  const histograms = cells.map((direction) => lowest(direction.map((value, cell) => 2 * Math.sqrt(value / ((around[cell] ?? NaN) + 0.3 * every))), edges));
  const coloured = centred.map((channel) => lowest(channel.map((value) => (0.25 * value) / Math.max(rms(centred.flat()), least)), colours));
  return [
    ...histograms.flat(),
    ...coloured.flat(),
    Math.log(rms(coarse.flat()) + 1e-3),
    Math.log(rms(centred.flat()) + 1e-3),
  ];
}
