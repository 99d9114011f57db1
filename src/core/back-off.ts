/** Milliseconds to wait after so many failures in a row (1 is the first): `first`, then twice as long each time, `longest` at most. */
export function backOff(failures: number, first: number, longest: number): number {
  return Math.min(first * 2 ** (failures - 1), longest);
}
