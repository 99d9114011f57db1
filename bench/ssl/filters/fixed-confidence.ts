import type { Filter } from './filter.js';

const THRESHOLD = 0.95;

/** FixMatch's filter (Sohn et al., NeurIPS 2020): the probability of the pseudo-label, at least .95. */
export const fixedConfidence: Filter = {
  name: 'fixed confidence',
  kind: 'published',
  async score({ budget, pool }) {
    return { budget: budget.doubts, pool: pool.doubts, published: 1 - THRESHOLD };
  },
};
