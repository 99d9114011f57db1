import type { Doubted, Filter } from './filter.js';

const THRESHOLD = 0.95;

/** x / (2 - x): FlexMatch's convex mapping of a class's learning status to its share of the threshold. */
export function mapped(status: number): number {
  return status / (2 - status);
}

/**
 * The learning status of each class, 0 to 1: pseudo-labels of it with a probability of at least .95, by those of the class that has most. (The
 * method's warm-up is left out: it lets nearly everything pass while a net begins to learn, and this net has learned.)
 */
export function learningStatus({ labels, doubts, classes }: Pick<Doubted, 'labels' | 'doubts' | 'classes'>): Float64Array {
  const counts = new Float64Array(classes);
  labels.forEach((label, row) => (counts[label]! += doubts[row]! <= 1 - THRESHOLD ? 1 : 0));
  const most = Math.max(1, ...counts);
  return counts.map((count) => count / most);
}

/** Minus the confidence by the class's share of the threshold. A class without a sure row is taken whole, as published. */
function scoresOf({ labels, doubts }: Doubted, status: Float64Array): Float64Array {
  return doubts.map((doubt, row) => -(1 - doubt) / Math.max(1e-6, mapped(status[labels[row]!]!)));
}

/** FlexMatch's filter (Zhang et al., NeurIPS 2021): a threshold a class, lower where few rows of the class are sure. */
export const classAdaptive: Filter = {
  name: 'class-adaptive confidence',
  kind: 'published',
  async score({ budget, pool }) {
    const status = learningStatus(pool);
    return { budget: scoresOf(budget, status), pool: scoresOf(pool, status), published: -THRESHOLD };
  },
};
