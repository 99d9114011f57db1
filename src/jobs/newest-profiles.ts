import type { ModelProfile, PublishedProfile } from './model-profiles.js';

/** Servers publish what they serve every 30 seconds: a version that none has published for so long, while another one of its model was, is not served. */
const STALE_MILLISECONDS = 5 * 60_000;

/**
 * One profile per model name, that of the newest version that is served: its configuration holds for the rows of all versions. A version
 * that was taken back does not count, however new it is; of a model that is served no more, what was served last does.
 */
export function newestProfiles(profiles: readonly PublishedProfile[]): readonly ModelProfile[] {
  const byModel = new Map<string, PublishedProfile[]>();
  for (const profile of profiles) {
    const versions = byModel.get(profile.key.model);
    if (versions === undefined) byModel.set(profile.key.model, [profile]);
    else versions.push(profile);
  }
  return [...byModel.values()].map(newestServed);
}

/** The profiles of the versions of one model that are served; of a model that is served no more, of those that were last. Not empty where one is given. */
export function servedOf(versions: readonly PublishedProfile[]): readonly PublishedProfile[] {
  const latest = Math.max(...versions.map(({ publishedAt }) => publishedAt));
  return versions.filter(({ publishedAt }) => publishedAt >= latest - STALE_MILLISECONDS);
}

function newestServed(versions: readonly PublishedProfile[]): ModelProfile {
  return servedOf(versions).reduce((newest, other) => (other.key.version > newest.key.version ? other : newest));
}
