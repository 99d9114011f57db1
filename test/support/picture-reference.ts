/** A picture by channel, row and column. */
export type Picture = (channel: number, y: number, x: number) => number;

export interface PictureSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

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

/** Means over the cells of a grid. */
export function pooled(at: (y: number, x: number) => number, from: { height: number; width: number }, to: { height: number; width: number }): number[] {
  const [h, w] = [from.height / to.height, from.width / to.width];
  return Array.from({ length: to.height * to.width }, (_, cell) => {
    const [row, column] = [Math.floor(cell / to.width), cell % to.width];
    return areaMean(at, row * h, (row + 1) * h, column * w, (column + 1) * w);
  });
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
export const rms = (values: readonly number[]): number => Math.sqrt(mean(values.map((value) => value ** 2)));

/** Pixels of a small picture; outside it repeats its border. */
export function pixelsOf(values: readonly number[], { height, width }: { height: number; width: number }): (y: number, x: number) => number {
  return (y, x) => values[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))] ?? NaN;
}

/** Every direction of a cell less nine tenths of the weakest there. */
export function cleared(strengths: readonly number[][]): number[][] {
  return strengths.map((direction) => direction.map((value, cell) => value - 0.9 * Math.min(...strengths.map((other) => other[cell] ?? NaN))));
}
