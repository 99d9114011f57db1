/** The value of an option that is an integer of at least 1. Throws a RangeError that names it. */
export function positiveOption(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`--${name}: expected an integer of at least 1, got '${text}'`);
  return value;
}
