import { messageOf } from '../../core/errors.js';
import type { MetaModelRegistry } from '../../meta/registry.js';
import { replaceMetaModel, type SwapperPorts } from '../swapper.js';
import type { LoadedVersion } from './loaded-version.js';

async function restore(loaded: LoadedVersion, registry: MetaModelRegistry, ports: SwapperPorts): Promise<void> {
  const { model, version } = loaded.key;
  const champion = await registry.champion(loaded.key);
  if (champion === null) return;
  const fields = { model, version, meta_version: champion.version };
  if (champion.featureSchema !== loaded.features.layout.schema) {
    const schemas = { feature_schema: champion.featureSchema, expected: loaded.features.layout.schema };
    ports.logger.warn({ ...fields, ...schemas }, 'champion reads other features, the model starts cold');
    return;
  }
  const onnx = await registry.bytes(model, champion.version);
  if (onnx === null) {
    ports.logger.error(fields, 'the champion has no file in the registry, the model starts cold');
    return;
  }
  await replaceMetaModel(loaded, champion.version, onnx, ports);
}

/**
 * Puts the champion of the registry in place. A champion that cannot serve costs the scores, never the predictions: the model then
 * starts cold. Serialized with swaps, so a promotion that comes meanwhile is the last word.
 */
export async function restoreChampion(loaded: LoadedVersion, registry: MetaModelRegistry, ports: SwapperPorts): Promise<void> {
  await loaded.serialize(() => restore(loaded, registry, ports)).catch((error: unknown) => {
    ports.logger.error({ err: messageOf(error), model: loaded.key.model, version: loaded.key.version }, 'champion could not be loaded, the model starts cold');
  });
}
