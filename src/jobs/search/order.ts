/**
 * Orders in which predictions can be asked for, each best first:
 * - `time`: newest;
 * - `risk`: largest failure probability;
 * - `uncertainty`: failure probability nearest to one half, where the outcome is hardest to foresee and a ground truth tells most
 *   (uncertainty sampling: Lewis and Gale, SIGIR 1994).
 * Predictions without a failure probability are in `time` only.
 */
export const SEARCH_ORDERS = ['time', 'risk', 'uncertainty'] as const;
export type SearchOrder = (typeof SEARCH_ORDERS)[number];

/** Place of a row in an order; no two rows have the same. */
export interface Place {
  /** Larger is earlier. */
  readonly key: number;
  /** Milliseconds since 1970; newer is earlier among equal keys. */
  readonly createdAt: number;
  readonly id: string;
  readonly row: number;
}

/** The key of a row; NaN where the row is not in the order. */
export function keyIn(order: SearchOrder, failureProbability: number, createdAt: number): number {
  switch (order) {
    case 'time':
      return createdAt;
    case 'risk':
      return failureProbability;
    case 'uncertainty':
      return -Math.abs(failureProbability - 0.5);
  }
}

/** Negative where `a` comes before `b`. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.key !== b.key) return b.key - a.key;
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt;
  if (a.id !== b.id) return a.id < b.id ? 1 : -1;
  return a.row - b.row;
}
