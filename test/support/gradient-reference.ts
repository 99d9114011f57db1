import { cleared, mean, pixelsOf, pooled, rms } from './picture-reference.js';
import type { Picture, PictureSize } from './picture-reference.js';

export interface Grids {
  readonly gray: { readonly height: number; readonly width: number };
  readonly cells: number;
  readonly coarse: PictureSize;
}

const DIRECTIONS = 8;

/** What the features of a picture must be, by loops over pixels: histograms, coarse picture, logarithms of brightness and contrast. */
export function gradientReference(picture: Picture, size: PictureSize, { gray, cells, coarse }: Grids): number[] {
  const channels = Array.from({ length: size.channels }, (_, c) => (y: number, x: number) => picture(c, y, x));
  const average = (y: number, x: number): number => mean(channels.map((channel) => channel(y, x)));
  const pixels = coarse.channels === 1 ? pooled(average, size, coarse) : channels.flatMap((channel) => pooled(channel, size, coarse));
  const centred = pixels.map((value) => value - mean(pixels));
  const at = pixelsOf(pooled(average, size, gray), gray);
  // Sobel's differences: the middle row counts twice.
  const across = (y: number, x: number): number => (2 * (at(y, x + 1) - at(y, x - 1)) + [y - 1, y + 1].reduce((sum, row) => sum + at(row, x + 1) - at(row, x - 1), 0)) / 4;
  const down = (y: number, x: number): number => (2 * (at(y + 1, x) - at(y - 1, x)) + [x - 1, x + 1].reduce((sum, column) => sum + at(y + 1, column) - at(y - 1, column), 0)) / 4;
  const strengths = Array.from({ length: DIRECTIONS }, (_, k) => {
    const angle = (k * Math.PI) / 4;
    return pooled((y, x) => Math.max(0, Math.cos(angle) * across(y, x) + Math.sin(angle) * down(y, x)), gray, { height: cells, width: cells });
  });
  const histograms = cleared(strengths).flat();
  const least = 1e-4 * rms(pixels) + 1e-12;
  return [
    ...histograms.map((value) => Math.sqrt(value / Math.max(mean(histograms), least))),
    ...centred.map((value) => value / Math.max(rms(centred), least)),
    Math.log(rms(pixels) + 1e-3),
    Math.log(rms(centred) + 1e-3),
  ];
}
