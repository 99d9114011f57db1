import type { GroundTruthKind, Task } from './ledger.js';
import { storableText } from './text.js';

/** Tasks and kinds stand in every store as their index here: the order never changes. */
export const TASKS: readonly Task[] = ['classification', 'binary', 'regression', 'custom'];
export const KINDS: readonly GroundTruthKind[] = ['label', 'value', 'correct'];

/** The name behind a stored index. */
export function nameOf<T extends string>(names: readonly T[], code: number): T {
  const name = names[code];
  if (name === undefined) throw new RangeError(`the store holds the code ${code}, of which this release knows ${names.length}`);
  return name;
}

export function textOrNull(text: string | null | undefined): string | null {
  return text == null ? null : storableText(text);
}
