import type { ModelCatalogue } from '../inference/contracts.js';
import { loadedModels } from '../inference/loaded-models.js';
import { profileOf, type ModelProfiles, type PublishedProfile } from './model-profiles.js';
import { byModelAndVersion } from './profile-order.js';

/** Everything that is loaded is published at the same time: always. */
const ALWAYS = 0;

/** The profiles where everything runs in one process: those of the models that are loaded now, so there is nothing to publish. */
export function createCatalogueProfiles(catalogue: Pick<ModelCatalogue, 'list'>): ModelProfiles {
  const profiles = () => loadedModels(catalogue).map(profileOf);
  return {
    async publish() {},
    async get(model, version) {
      return profiles().find(({ key }) => key.model === model && key.version === version) ?? null;
    },
    async list() {
      return profiles().map((profile): PublishedProfile => ({ ...profile, publishedAt: ALWAYS })).toSorted(byModelAndVersion);
    },
  };
}
