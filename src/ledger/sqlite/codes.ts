/** NULL is how the tables write NaN. */
export function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

export function orNaN(value: number | null): number {
  return value ?? NaN;
}

/** The text range of all prediction ids with a tag: `_` is followed by a backquote. */
export function idRange(tag: string): readonly [from: string, before: string] {
  return [`${tag}_`, `${tag}\``];
}
