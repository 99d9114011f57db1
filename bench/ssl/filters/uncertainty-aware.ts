import type { Doubted, Filter } from './filter.js';

/** Of the method's CIFAR-10 setting. */
const LEAST_CONFIDENCE = 0.7;
const MOST_UNCERTAINTY = 0.05;

/** Mean and standard deviation, over the nets, of the probability of a row's label. */
export function spread({ labels, members, classes }: Pick<Doubted, 'labels' | 'members' | 'classes'>, row: number): { readonly mean: number; readonly deviation: number } {
  const own = members.map((probabilities) => probabilities[row * classes + labels[row]!]!);
  const mean = own.reduce((sum, p) => sum + p, 0) / own.length;
  const squares = own.reduce((sum, p) => sum + (p - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, own.length - 1)) };
}

/** By how much both thresholds must be loosened for the row to pass: 1 is as published. */
function scoresOf(doubted: Doubted): Float64Array {
  return doubted.doubts.map((_, row) => {
    const { mean, deviation } = spread(doubted, row);
    return Math.max((1 - mean) / (1 - LEAST_CONFIDENCE), deviation / MOST_UNCERTAINTY);
  });
}

/**
 * UPS's selection of positive pseudo-labels (Rizve et al., ICLR 2021): probable and certain at once. The uncertainty is the deviation over
 * nets; the fold nets of the budget stand for the passes with dropout, which the trainer does not have.
 */
export const uncertaintyAware: Filter = {
  name: 'uncertainty-aware',
  kind: 'published',
  async score({ budget, pool }) {
    return { budget: scoresOf(budget), pool: scoresOf(pool), published: 1 };
  },
};
