import type { GroundTruthItem, GroundTruthKind, GroundTruthReason, GroundTruthStatus, Task } from './ledger.js';
import { storableText } from './text.js';

/** What of a ground truth decides; `value` is text. */
export type Truth = Pick<GroundTruthItem, 'kind' | 'value' | 'observedAt'>;

/** What of a prediction decides; `value` and `tolerance` are NaN outside regression. */
export interface Predicted {
  readonly label: string | null;
  readonly value: number;
  readonly tolerance: number;
}

const TASK_KIND: Readonly<Record<Task, GroundTruthKind>> = { classification: 'label', binary: 'label', regression: 'value', custom: 'correct' };

/** Law 7: `correct` fits every task, `label` a classification or binary, `value` a regression. */
export function kindFits(task: Task, kind: GroundTruthKind): boolean {
  return kind === 'correct' || TASK_KIND[task] === kind;
}

/** Law 7: the row that is meant, or why none is. `replyRows` is how many rows the prediction has. */
export function rowMeant(row: number | null, replyRows: number): { readonly row: number } | { readonly reason: GroundTruthReason } {
  if (row === null) return replyRows === 1 ? { row: 0 } : { reason: 'row_required' };
  return row < replyRows ? { row } : { reason: 'row_out_of_range' };
}

/** Law 5: whether two ground truths say the same. */
export function sameTruth(a: Truth, b: Truth): boolean {
  return a.kind === b.kind && a.value === b.value;
}

/** Law 4: whether `a` counts before `b`: later observed, or as late and larger as `kind:value` in the order of UTF-8 bytes. */
export function outranks(a: Truth, b: Truth): boolean {
  if (a.observedAt !== b.observedAt) return a.observedAt > b.observedAt;
  return Buffer.compare(Buffer.from(`${a.kind}:${a.value}`), Buffer.from(`${b.kind}:${b.value}`)) > 0;
}

/** Law 5: the status of a valid ground truth for a known row; `current` is the one that counted before it. */
export function statusOf(current: Truth | null, item: Truth): Extract<GroundTruthStatus, 'matched' | 'duplicate' | 'conflict'> {
  if (current === null) return 'matched';
  return sameTruth(current, item) ? 'duplicate' : 'conflict';
}

/** Law 6: whether the prediction failed. A predicted or true value that is no finite number, or a missing label, is a failure. */
export function isFailure(predicted: Predicted, truth: Truth): boolean {
  switch (truth.kind) {
    case 'label':
      return truth.value !== predicted.label;
    case 'value':
      // Negated, so that NaN on either side is a failure.
      return !(Math.abs(predicted.value - Number(truth.value)) <= predicted.tolerance);
    case 'correct':
      return truth.value === 'false';
  }
}

/** How far the true value of a regression is above the prediction, in tolerances; NaN where no value is known. */
export function errorOf({ value, tolerance }: Pick<Predicted, 'value' | 'tolerance'>, truth: Pick<Truth, 'kind' | 'value'>): number {
  if (truth.kind !== 'value') return NaN;
  const difference = Number(truth.value) - value;
  return difference === 0 ? 0 : difference / tolerance;
}

/**
 * The text by which labels are compared: integers as decimal digits (9 and 9.0 are '9'), other numbers in their shortest form,
 * booleans as 'true' and 'false', strings as they are, in the form of `storableText`.
 */
export function labelText(value: string | number | boolean): string {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value).toString();
  return typeof value === 'string' ? storableText(value) : String(value);
}
