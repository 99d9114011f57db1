import { fixed, percent, table } from '../../quality/report/markdown.js';
import { COVERAGES } from '../run/coverages.js';
import type { ServiceResult } from '../run/results.js';
import { mean, type SetResults } from './cells.js';

type ServicePoint = ServiceResult['methods'][number]['points'][number];

/** A figure of a method at a share (by its place), the mean over the seeds. */
function meanOfPoints({ results }: SetResults, name: string, at: number, figure: (point: ServicePoint) => number): number {
  return mean(results.map(({ service }) => {
    const point = service.methods.find((method) => method.name === name)?.points[at];
    return point === undefined ? NaN : figure(point);
  }));
}

function rowsOf(set: SetResults): string[][] {
  const failures = fixed(mean(set.results.map(({ service }) => service.failures)), 0);
  const names = set.results[0]?.service.methods.map(({ name }) => name) ?? [];
  return names.map((name) => [
    set.set, failures, name,
    ...COVERAGES.map((_, at) => `${fixed(meanOfPoints(set, name, at, ({ wrong }) => wrong), 1)} (${fixed(meanOfPoints(set, name, at, ({ expected }) => expected), 1)})`),
  ]);
}

/** Wrong pseudo-labels where ground truths are of other rows than those that trained the base model. */
export function serviceSection(sets: readonly SetResults[]): string {
  return [
    '## In a service',
    'The endpoint sees another situation than the filters above: ground truths come late, of rows that its base model was not trained on, and nothing has to be taken out of fold. Here as many rows again as the budget has get a ground truth (twice the labels, so these figures stand beside no filter), and the predictions of the net of all labelled rows are ranked as `GET /v1/models/{model}/pseudo-labels` ranks them, each by a meta-model that has learnt from other unlabelled predictions.',
    table(['set', 'failures among the ground truths', 'score', ...COVERAGES.map((share) => `wrong of ${percent(share, 0)} % (expected)`)], sets.flatMap(rowsOf)),
  ].join('\n\n');
}
