import type { ModelKey } from '../ledger/ledger.js';
import type { LoadedModel, ModelCatalogue } from './contracts.js';

/** The models that are loaded now. */
export function loadedModels(catalogue: Pick<ModelCatalogue, 'list'>): readonly LoadedModel[] {
  return catalogue.list().flatMap(({ loaded }) => loaded ?? []);
}

/** The loaded model of exactly this key; null when another file, or none, serves under its name and version. */
export function loadedModelOf(catalogue: Pick<ModelCatalogue, 'list'>, key: ModelKey): LoadedModel | null {
  for (const { loaded } of catalogue.list()) {
    if (loaded?.key.model === key.model && loaded.key.version === key.version && loaded.key.digest === key.digest) return loaded;
  }
  return null;
}
