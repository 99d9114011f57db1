/**
 * The standard normal quantile that is exceeded with probability `tail`, for `tail` in (0, 0.5]; absolute error below 4.5e-4
 * (Abramowitz and Stegun 1964, formula 26.2.23).
 */
export function upperNormalQuantile(tail: number): number {
  if (!(tail > 0 && tail <= 0.5)) throw new RangeError(`tail: expected a probability in (0, 0.5], got ${tail}`);
  const t = Math.sqrt(-2 * Math.log(tail));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return Math.max(0, t - above / below);
}
