import { COVERAGES } from '../run/coverages.js';
import type { ServiceResult } from '../run/results.js';
import { least, wrongIn } from '../students/selection.js';
import type { InService } from './in-service.js';

/** Wrong labels and expected ones at the shares that all filters are compared at. */
export function servicePoints({ failures, labels, scores }: InService, truths: Int32Array): ServiceResult {
  const figures = (own: Float64Array, rows: Int32Array) => ({ wrong: wrongIn({ rows, labels }, truths), expected: rows.reduce((sum, row) => sum + own[row]!, 0) });
  return {
    failures,
    methods: scores.map(({ name, scores: own }) => ({ name, points: COVERAGES.map((share) => figures(own, least(own, Math.round(share * labels.length)))) })),
  };
}
