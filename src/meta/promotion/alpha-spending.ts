/** The chance that ever, in all tries until a champion is beaten, a challenger that is no better is called better. */
export const PROMOTION_ALPHA = 0.05;

/**
 * What the test number `attempt` (1, 2, ...) may spend of `alpha`: alpha / (k (k + 1)), which sums to alpha however many follow. By the
 * union bound nothing need be known of how the tries depend on each other, and they do: their rows overlap.
 */
export function alphaOfTry(attempt: number, alpha = PROMOTION_ALPHA): number {
  if (!Number.isInteger(attempt) || attempt < 1) throw new RangeError(`attempt: expected an integer of at least 1, got ${attempt}`);
  return alpha / (attempt * (attempt + 1));
}
