import type { StoreAddress } from '../ledger/store-address.js';
import type { Champion } from '../meta/fit/champion-scores.js';
import { vectorForm } from '../meta/features/layout.js';
import { isLabelFree, type MetaModelRecord, type MetaModelRegistry } from '../meta/registry.js';
import { labelFreeNeed } from './label-free-need.js';
import { maturedBefore } from './matured.js';
import type { ModelProfile } from './model-profiles.js';
import type { TrainingTask } from './training-task.js';
import { unlabelledLimit } from './unlabelled-rows.js';

/** The champion that a challenger is compared with; `onnx` null when it reads other features than those of the profile. */
export interface Incumbent extends Pick<MetaModelRecord, 'version' | 'training' | 'featureSchema'> {
  readonly onnx: Uint8Array | null;
}

/** The champion of a profile's key. */
export async function incumbentOf(registry: MetaModelRegistry, { key, layout }: ModelProfile): Promise<Incumbent | null> {
  const champion = await registry.champion(key);
  if (champion === null) return null;
  const fits = champion.featureSchema === layout.schema;
  const onnx = fits ? await registry.bytes(key.model, champion.version) : null;
  return { version: champion.version, onnx, training: champion.training, featureSchema: champion.featureSchema };
}

/** What a retraining knows when it begins. */
export interface Beginning {
  readonly incumbent: Incumbent | null;
  /** The number of the test of being better, should one be made. */
  readonly attempt: number;
  readonly now: number;
  readonly byHand: boolean;
}

/** What the training process is told. */
export function taskOf(
  store: StoreAddress, profile: ModelProfile, { incumbent, attempt, now, byHand }: Beginning,
): TrainingTask {
  const { key, layout, labels, retraining } = profile;
  return {
    store,
    key,
    featureSchema: layout.schema,
    behaviour: layout.behaviour,
    ...vectorForm(layout),
    labels,
    maxRows: retraining.max_rows,
    until: maturedBefore(retraining, now),
    maxStoredRows: retraining.max_stored_rows,
    maxUnlabelledRows: unlabelledLimit(retraining),
    startedAt: now,
    seed: retraining.seed,
    labelFreeFrom: labelFreeNeed(profile, incumbent, byHand),
    champion: championOf(incumbent),
    attempt,
  };
}

/** A label-free one has seen no label: each is news to it. */
function championOf(incumbent: Incumbent | null): Champion | null {
  if (incumbent === null || incumbent.onnx === null) return null;
  const { onnx, training: { rows, to } } = incumbent;
  return { onnx, rows, trainedTo: isLabelFree(incumbent) ? -Infinity : to };
}
