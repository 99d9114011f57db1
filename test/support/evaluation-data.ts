import fc from 'fast-check';
import type { Test } from 'tap';

export interface LabelledScores {
  readonly scores: Float64Array;
  readonly failures: Uint8Array;
}

/** Scores from few distinct values of [0, 1], so that ties are common, with outcomes. */
export function labelledScores({ maxLength = 60, distinct = 8 } = {}): fc.Arbitrary<LabelledScores> {
  const row = fc.tuple(fc.integer({ min: 0, max: distinct }), fc.boolean());
  return fc.array(row, { minLength: 1, maxLength }).map((rows) => ({
    scores: Float64Array.from(rows, ([score]) => score / distinct),
    failures: Uint8Array.from(rows, ([, failed]) => Number(failed)),
  }));
}

export function withBothOutcomes(rows: fc.Arbitrary<LabelledScores>): fc.Arbitrary<LabelledScores> {
  return rows.filter(({ failures }) => failures.includes(0) && failures.includes(1));
}

/** The rows in another order, which the seed decides. */
export function shuffled(scores: Float64Array, failures: Uint8Array, seed: number): [Float64Array, Uint8Array] {
  const key = (row: number) => Math.imul(row + 1, 0x9e3779b1 ^ seed) >>> 0;
  const order = Array.from(scores, (_, row) => row).sort((a, b) => key(a) - key(b));
  return [Float64Array.from(order, (row) => scores[row] ?? NaN), Uint8Array.from(order, (row) => failures[row] ?? 0)];
}

export function near(t: Test, actual: number | null, expected: number, tolerance = 1e-12): void {
  t.ok(actual !== null && Math.abs(actual - expected) <= tolerance, `${actual} is within ${tolerance} of ${expected}`);
}
