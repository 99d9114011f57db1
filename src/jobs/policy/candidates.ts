import type { LoadedModel } from '../../inference/contracts.js';
import type { MetaModelRecord, MetaModelRegistry } from '../../meta/registry.js';

/** A meta-model version that serves, or is about to; `record` null is the cold start. */
export interface Candidate {
  readonly metaVersion: number;
  readonly record: MetaModelRecord | null;
}

/**
 * The versions whose thresholds are needed: the champion first, for it may be about to serve; then what serves, and the cold start where some
 * rows of a model get only that.
 */
export async function candidatesOf(registry: Pick<MetaModelRegistry, 'champion' | 'get'>, { key, meta, behaviourOnly }: LoadedModel): Promise<readonly Candidate[]> {
  const champion = await registry.champion(key);
  const candidates: Candidate[] = champion === null ? [] : [{ metaVersion: champion.version, record: champion }];
  const serving = meta?.version ?? 0;
  for (const metaVersion of new Set(behaviourOnly === null ? [serving] : [serving, 0])) {
    if (metaVersion === champion?.version) continue;
    candidates.push({ metaVersion, record: metaVersion === 0 ? null : await registry.get(key.model, metaVersion) });
  }
  return candidates;
}
