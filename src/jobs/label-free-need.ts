import { isLabelFree, type MetaModelRecord } from '../meta/registry.js';
import type { ModelProfile } from './model-profiles.js';
import { labelFreeLimit, unlabelledLimit } from './unlabelled-rows.js';

/** A label-free meta-model is trained again when there are so many times the predictions that it learnt from. */
const GROWTH = 4;

/**
 * Predictions without a ground truth from which on a label-free meta-model is trained beside or in place of the champion (null: the cold start); null where
 * none is wanted: it is turned off, there can be no consensus, the champion learnt from ground truths, or a label-free one from as many
 * predictions as a training reads. `byHand`: more than it learnt from are enough.
 */
export function labelFreeNeed({ layout, retraining }: Pick<ModelProfile, 'layout' | 'retraining'>, champion: Pick<MetaModelRecord, 'training' | 'featureSchema'> | null, byHand = false): number | null {
  const least = labelFreeLimit(retraining);
  if (least === 0 || layout.behaviour.kind !== 'classes' || layout.inputWidth === 0) return null;
  if (champion === null) return least;
  if (!isLabelFree(champion)) return null;
  // What it reads is not there any more: it does not serve.
  if (champion.featureSchema !== layout.schema) return least;
  const [most, known] = [unlabelledLimit(retraining), champion.training.unlabelledRows ?? 0];
  if (known >= most && !byHand) return null;
  return Math.min(most, byHand ? known + 1 : GROWTH * known);
}
