/**
 * A number as C's `%f` writes it: six decimals, the exact value rounded half to even, never an exponent.
 */
export function fixedNotation(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  if (magnitude === Infinity) return `${sign}inf`;
  // From 2^53 on every double is an integer, and toFixed would give up at 1e21.
  if (magnitude >= 2 ** 53) return `${sign}${BigInt(magnitude)}.000000`;
  return sign + (isTie(magnitude) ? roundedDown(magnitude) : magnitude.toFixed(6));
}

/** Exactly between two numbers of six decimals: only odd multiples of 1/128 are doubles of that kind. */
function isTie(magnitude: number): boolean {
  return (magnitude * 128) % 2 === 1;
}

/** toFixed rounds ties up; half to even wants the last digit even. */
function roundedDown(magnitude: number): string {
  const up = magnitude.toFixed(6);
  const last = Number(up.at(-1));
  return last % 2 === 0 ? up : `${up.slice(0, -1)}${last - 1}`;
}
