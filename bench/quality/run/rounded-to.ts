/** A replacer of JSON.stringify that keeps so many digits of every number. */
export function roundedTo(digits: number): (key: string, value: unknown) => unknown {
  return (_key, value) => (typeof value === 'number' ? Number(value.toPrecision(digits)) : value);
}
