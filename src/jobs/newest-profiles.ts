import type { ModelProfile } from './model-profiles.js';

/** One profile per model name, that of the newest version: its configuration holds for the rows of all versions. */
export function newestProfiles(profiles: readonly ModelProfile[]): readonly ModelProfile[] {
  const newest = new Map<string, ModelProfile>();
  for (const profile of profiles) {
    const other = newest.get(profile.key.model);
    if (other === undefined || other.key.version < profile.key.version) newest.set(profile.key.model, profile);
  }
  return [...newest.values()];
}
