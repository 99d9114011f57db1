import { fitScale, type LinearExpertData } from '../experts/linear-experts.js';
import type { Division } from '../linear/folds.js';
import { totalLogLoss } from '../linear/numerics.js';
import type { CrossFit } from '../linear/out-of-fold.js';

/** What the nets are compared with; each expert's out-of-fold failure logits, n of them. */
export interface NetRivals {
  readonly anchor: Float64Array;
  readonly others: readonly Float64Array[];
}

/** The outcomes of the n rows and what each counts. */
type CountedFailures = Pick<LinearExpertData, 'failures' | 'weights'>;

/** Nats that an expert must gain on the anchor before the rows are taken to teach more than chance. */
const TAUGHT = 3;

/**
 * The nets are the only expert whose logits come as they were trained, and with few rows of a noisy table they are far too large: the
 * stacker follows them. Re-scales them where that lowers their out-of-fold loss, unless another expert shows that the rows teach
 * something: then large logits are deserved, and the stacker finds their weight better by itself. Null: they are taken as they are.
 */
export function scaleNets(nets: Float64Array, { anchor, others }: NetRivals, { failures, weights }: CountedFailures, divisions: readonly Division[]): CrossFit | null {
  const loss = (logits: Float64Array): number => totalLogLoss(logits, failures, weights);
  const taught = loss(anchor) - Math.min(...others.map(loss));
  if (taught >= TAUGHT) return null;
  const scaled = fitScale({ failures, weights, score: { width: 1, data: nets } }, divisions);
  return loss(scaled.outOfFold) < loss(nets) ? scaled : null;
}
