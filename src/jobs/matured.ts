import type { ModelConfig } from '../inference/contracts.js';

/**
 * Rows created before this time count, labelled or not; null: all. A ground truth that comes early says that the row is one of those whose ground
 * truths come early: only rows that are old enough for all of them stand for all. A profile of an older release has no such setting.
 */
export function maturedBefore({ label_maturity_seconds: seconds }: Partial<Pick<ModelConfig['retraining'], 'label_maturity_seconds'>>, now: number): number | null {
  return seconds === undefined || seconds === 0 ? null : now - seconds * 1_000;
}

/** The earlier of two times; null is open. */
export function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
