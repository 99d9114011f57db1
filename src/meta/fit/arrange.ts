import type { DistanceMetric } from '../experts/distance-metric.js';
import { distanceWidth, mirrorSigns, type InputTransform } from '../experts/input-transform.js';
import { buildReferenceStore } from '../experts/reference-store.js';
import type { BaseRows } from './directions.js';
import { fitEvidence, type BehaviourFit } from './fit-evidence.js';
import { pointsOf } from './fit-metric.js';
import { report, type Prepared, type RecipeTask } from './recipe-task.js';
import { computeEvidence, computeNeighbours, type Signals } from './stages.js';

/** What is known of the rows before distances are measured. */
export interface Seen {
  readonly transform: InputTransform;
  readonly signals: Signals;
  readonly behaviour: BehaviourFit;
  /** Predictions without a ground truth; null where no expert learns from them. */
  readonly others: BaseRows | null;
  /** Whether the columns of the inputs are too unlike for distances to tell everything (see InputReadings). */
  readonly isUneven: boolean;
}

/** Lays the rows out under a metric and fits what their distances say. */
export async function arrange(task: RecipeTask, { transform, signals, behaviour, others, isUneven }: Seen, metric: DistanceMetric | null): Promise<Prepared> {
  const { window: { rows }, labelled: { form, labels }, options } = task;
  const hooks = { signal: options.signal };
  const points = signals.transformed === null ? null : await pointsOf(signals.transformed, metric, hooks);
  const store = points === null ? null : buildReferenceStore(points.data, points.width, distanceWidth(transform), labels, form.references, options.maxStoredRows, mirrorSigns(transform));
  const neighbours = await computeNeighbours(rows, form, { points, predicted: signals.predicted }, transform, store, {
    ...hooks, onRows: (done: number, total: number) => report(task, 'distances', done, total),
  });
  const fit = { ...behaviour, ...fitEvidence(rows, form, labels, signals.logProbabilities, neighbours) };
  const evidence = await computeEvidence(rows, form, signals, neighbours, fit, hooks);
  const context = others === null ? null : { ...others, points: await pointsOf(others.transformed, metric, hooks) };
  return { signals, points, evidence, context, isUneven, parameters: { transform, metric, store, evidence: fit } };
}
