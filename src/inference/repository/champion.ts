import { MetaErrError, messageOf } from '../../core/errors.js';
import { isLabelFree, type MetaModelRecord, type MetaModelRegistry } from '../../meta/registry.js';
import { replaceMetaModel, type SwapperPorts } from '../swapper.js';
import type { LoadedVersion } from './loaded-version.js';

/**
 * Puts the champion of the registry in place, unless it is `seen`, what an earlier call has found there. A champion that cannot serve
 * costs the scores, never the predictions: the model then starts cold. So it does while the registry cannot be reached; whoever watches
 * the registry brings the champion in later. Serialized with swaps, so a promotion that comes meanwhile is the last word. Resolves with
 * the version that was found (0: none), or with null where the registry was not reached.
 */
export async function restoreChampion(loaded: LoadedVersion, registry: MetaModelRegistry, ports: SwapperPorts, seen = 0): Promise<number | null> {
  const { model, version } = loaded.key;
  let found: number | null = null;
  try {
    await loaded.serialize(async () => {
      const champion = await registry.champion(loaded.key);
      found = champion?.version ?? 0;
      if (champion !== null && found !== seen) await restore(loaded, champion, registry, ports);
    });
  } catch (error) {
    report({ err: messageOf(error), model, version }, isUnreachable(error), ports);
  }
  return found;
}

async function restore(loaded: LoadedVersion, champion: MetaModelRecord, registry: MetaModelRegistry, ports: SwapperPorts): Promise<void> {
  const { model, version } = loaded.key;
  const fields = { model, version, meta_version: champion.version };
  if (champion.featureSchema !== loaded.features.layout.schema) {
    const schemas = { feature_schema: champion.featureSchema, expected: loaded.features.layout.schema };
    ports.logger.warn({ ...fields, ...schemas }, 'champion reads other features, the model starts cold');
    return;
  }
  // A swap was quicker.
  if (champion.version === loaded.meta?.version) return;
  const onnx = await registry.bytes(model, champion.version);
  if (onnx === null) {
    ports.logger.error(fields, 'the champion has no file in the registry, the model starts cold');
    return;
  }
  await replaceMetaModel(loaded, { version: champion.version, onnx, labelFree: isLabelFree(champion) }, ports);
}

function report(fields: object, unreachable: boolean, { logger }: SwapperPorts): void {
  if (unreachable) logger.warn(fields, 'the registry of meta-models cannot be reached, the model starts cold until it can');
  else logger.error(fields, 'champion could not be loaded, the model starts cold');
}

/** An embedded store that cannot be used names the ledger, whose file it shares. */
function isUnreachable(error: unknown): boolean {
  return error instanceof MetaErrError && (error.code === 'STORE_UNAVAILABLE' || error.code === 'LEDGER_UNAVAILABLE');
}
