/** Standard normal quantile of 97.5 %. */
const Z = 1.96;

/** The 95 % interval of a share by Wilson (JASA 1927): `successes` of `rows`, rows above 0. */
export function wilson(successes: number, rows: number): readonly [low: number, high: number] {
  const share = successes / rows;
  const scale = 1 + (Z * Z) / rows;
  const middle = (share + (Z * Z) / (2 * rows)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / rows + (Z * Z) / (4 * rows * rows));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
