import type { ModelProfile } from './model-profiles.js';

/** Order of a list of profiles: by model name, then version of the base model. */
export function byModelAndVersion({ key: a }: ModelProfile, { key: b }: ModelProfile): number {
  if (a.model !== b.model) return a.model < b.model ? -1 : 1;
  return a.version - b.version;
}
