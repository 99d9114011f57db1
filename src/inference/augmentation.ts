import { MetaErrError } from '../core/errors.js';
import type { Augmentation } from '../meta/features/layout.js';
import { pictureInputs } from '../meta/features/mirror.js';
import type { FeaturePlan } from '../meta/features/plan.js';
import type { ModelConfig } from './contracts.js';

/** What the base model is asked beside each row; null: nothing. */
export function augmentationIn({ features: { test_time_augmentation: augmentation } }: Pick<ModelConfig, 'features'>): Augmentation | null {
  return augmentation === 'none' ? null : augmentation;
}

function unfit(reason: string): MetaErrError {
  return new MetaErrError('MODEL_UNAVAILABLE', `metaerr.yaml: features.test_time_augmentation: ${reason}`);
}

/** Throws MODEL_UNAVAILABLE where metaerr.yaml asks for mirror images of a model without pictures, or without a score of each class. */
export function refuseUnfitAugmentation(config: ModelConfig, { inputs, batched, pictures, source }: FeaturePlan): void {
  const augmentation = augmentationIn(config);
  if (augmentation === null) return;
  if (source === null) throw unfit(`${augmentation} compares class scores, and the model gives none`);
  if (pictureInputs(inputs, batched, pictures).length > 0) return;
  const names = inputs.map(({ name, dims }) => `${name} [${dims.map((dim) => dim ?? '?').join(', ')}]`);
  throw unfit(`${augmentation} needs a picture, and no input is one: ${names.join(', ')}; pictures.height and pictures.width say what flat rows are`);
}
