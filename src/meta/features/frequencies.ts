/**
 * The lowest `count` two-dimensional cosine frequencies of a grid of `side` x `side` cells as weights, side² x count: a row of cells times them
 * gives the coefficients, times `scale`. The cosine transform is orthonormal (DCT-II: Ahmed, Natarajan and Rao 1974); all are then multiplied by
 * sqrt(count) / side, so that cells of mean square 1 that are the same everywhere give coefficients of mean square 1.
 * Frequencies go by the sum of both, then by their difference, those along the height first.
 */
export function frequencyWeights(side: number, count: number, scale = 1): Float32Array {
  const weights = new Float32Array(side ** 2 * count);
  const size = (scale * Math.sqrt(count)) / side;
  frequencyPairs(side, count).forEach(([down, across], k) => {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) weights[(y * side + x) * count + k] = size * cosine(side, down, y) * cosine(side, across, x);
    }
  });
  return weights;
}

function cosine(side: number, frequency: number, at: number): number {
  return Math.sqrt((frequency === 0 ? 1 : 2) / side) * Math.cos((Math.PI * frequency * (at + 0.5)) / side);
}

/** Half waves down and across of each of the lowest frequencies, in their order. */
export function frequencyPairs(side: number, count: number): (readonly [number, number])[] {
  const pairs = Array.from({ length: side ** 2 }, (_, i) => [Math.floor(i / side), i % side] as const);
  return pairs.sort(([a, b], [c, d]) => a + b - (c + d) || Math.abs(a - b) - Math.abs(c - d) || c - a).slice(0, count);
}
