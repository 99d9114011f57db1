import type { LoadedModel, ModelConfig } from '../inference/contracts.js';
import type { ModelKey } from '../ledger/ledger.js';
import { vectorForm, type FeatureLayout, type VectorForm } from '../meta/features/layout.js';

/** What a process that does not have a base model loaded must know of it to train its meta-model and to keep its ledger tidy. */
export interface ModelProfile {
  readonly key: ModelKey;
  /** Six-character tag of its prediction ids. */
  readonly tag: string;
  readonly layout: VectorForm & Pick<FeatureLayout, 'schema' | 'behaviour'>;
  /** Class names by index; null without classes. */
  readonly labels: readonly string[] | null;
  readonly retraining: ModelConfig['retraining'];
  readonly retention: ModelConfig['retention'];
}

/** A profile as the store has it. */
export interface PublishedProfile extends ModelProfile {
  /** When it was last published; milliseconds of the clock of the store, the same for all processes. */
  readonly publishedAt: number;
}

/**
 * The profiles of the base models that are served. Laws:
 * 1. `publish` of a model and version replaces what was there;
 * 2. `get` gives the profile as published, or null;
 * 3. `list` gives every profile, of every version, in order of model name and version;
 * 4. `list` tells when each was published last, also where it was published again unchanged.
 */
export interface ModelProfiles {
  publish(profile: ModelProfile): Promise<void>;
  get(model: string, version: number): Promise<ModelProfile | null>;
  list(): Promise<readonly PublishedProfile[]>;
}

/** The profile of a loaded model. */
export function profileOf({ key, tag, config, features: { layout } }: LoadedModel): ModelProfile {
  const { schema, behaviour } = layout;
  return { key, tag, layout: { schema, behaviour, ...vectorForm(layout) }, labels: config.labels, retraining: config.retraining, retention: config.retention };
}
