/** Whether a number is the one that was written in JSON or YAML: integers beyond 2^53 lose digits when they are read, and 1e999 becomes Infinity. */
export function isExactNumber(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}
