import type { UnitResult } from './results.js';

const ascending = (a: number, b: number): number => a - b;

/** What is known of a unit with what has come since: of a number of labels that both have, the newer figures. */
export function mergeResults<U>(known: UnitResult<U> | undefined, more: UnitResult<U>): UnitResult<U> {
  if (known === undefined) return more;
  const cells = [...known.cells.filter(({ labels }) => !more.wanted.includes(labels)), ...more.cells].sort((a, b) => ascending(a.labels, b.labels));
  return { ...more, cells, wanted: [...new Set([...known.wanted, ...more.wanted])].sort(ascending) };
}
