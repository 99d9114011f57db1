/** A picture by channel, row and column. */
export type Picture = (channel: number, y: number, x: number) => number;

export interface PictureSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface Grids {
  readonly gray: { readonly height: number; readonly width: number };
  readonly cells: number;
  readonly coarse: PictureSize;
}

const DIRECTIONS = 8;

/** Mean over a rectangle with real borders: a pixel that is cut counts by its part. */
function areaMean(at: (y: number, x: number) => number, top: number, bottom: number, left: number, right: number): number {
  let sum = 0;
  for (let y = Math.floor(top); y < bottom; y++) {
    for (let x = Math.floor(left); x < right; x++) {
      const part = (Math.min(y + 1, bottom) - Math.max(y, top)) * (Math.min(x + 1, right) - Math.max(x, left));
      if (part > 0) sum += part * at(y, x);
    }
  }
  return sum / ((bottom - top) * (right - left));
}

function pooled(at: (y: number, x: number) => number, from: { height: number; width: number }, to: { height: number; width: number }): number[] {
  const [h, w] = [from.height / to.height, from.width / to.width];
  return Array.from({ length: to.height * to.width }, (_, cell) => {
    const [row, column] = [Math.floor(cell / to.width), cell % to.width];
    return areaMean(at, row * h, (row + 1) * h, column * w, (column + 1) * w);
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const rms = (values: readonly number[]): number => Math.sqrt(mean(values.map((value) => value ** 2)));

/** What the features of a picture must be, by loops over pixels: histograms, coarse picture, logarithms of brightness and contrast. */
export function gradientReference(picture: Picture, size: PictureSize, { gray, cells, coarse }: Grids): number[] {
  const channels = Array.from({ length: size.channels }, (_, c) => (y: number, x: number) => picture(c, y, x));
  const average = (y: number, x: number): number => mean(channels.map((channel) => channel(y, x)));
  const pixels = coarse.channels === 1 ? pooled(average, size, coarse) : channels.flatMap((channel) => pooled(channel, size, coarse));
  const centred = pixels.map((value) => value - mean(pixels));
  const small = pooled(average, size, gray);
  const at = (y: number, x: number): number => small[Math.min(gray.height - 1, Math.max(0, y)) * gray.width + Math.min(gray.width - 1, Math.max(0, x))] ?? NaN;
  // Sobel's differences: the middle row counts twice.
  const across = (y: number, x: number): number => (2 * (at(y, x + 1) - at(y, x - 1)) + [y - 1, y + 1].reduce((sum, row) => sum + at(row, x + 1) - at(row, x - 1), 0)) / 4;
  const down = (y: number, x: number): number => (2 * (at(y + 1, x) - at(y - 1, x)) + [x - 1, x + 1].reduce((sum, column) => sum + at(y + 1, column) - at(y - 1, column), 0)) / 4;
  const strengths = Array.from({ length: DIRECTIONS }, (_, k) => {
    const angle = (k * Math.PI) / 4;
    return pooled((y, x) => Math.max(0, Math.cos(angle) * across(y, x) + Math.sin(angle) * down(y, x)), gray, { height: cells, width: cells });
  });
  const histograms = strengths.flatMap((direction) => direction.map((value, cell) => value - 0.9 * Math.min(...strengths.map((other) => other[cell] ?? NaN))));
  const least = 1e-4 * rms(pixels) + 1e-12;
  return [
    ...histograms.map((value) => Math.sqrt(value / Math.max(mean(histograms), least))),
    ...centred.map((value) => value / Math.max(rms(centred), least)),
    Math.log(rms(pixels) + 1e-3),
    Math.log(rms(centred) + 1e-3),
  ];
}
