import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import { versionLabels } from '../core/model-series.js';
import type { ModelKey } from '../ledger/ledger.js';
import type { LiveMetaModel, MetaModelSwapper } from './contracts.js';
import type { LoadedVersion } from './repository/loaded-version.js';
import { openMetaSession, type StoredMetaModel } from './repository/meta-session.js';

export interface SwapperPorts {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

function gaugeLabels(loaded: LoadedVersion, meta: LiveMetaModel | null) {
  return { ...versionLabels(loaded.key), meta_version: String(meta?.version ?? 0), label_free: String(meta?.labelFree ?? false) };
}

/** Shows in the metrics which meta-model serves; 0 is the cold start. */
export function showMetaModel(loaded: LoadedVersion, metrics: Metrics): void {
  metrics.metaModelInfo.set(gaugeLabels(loaded, loaded.meta), 1);
}

/** Takes a version that no longer serves out of the metrics. */
export function hideMetaModel(loaded: LoadedVersion, metrics: Metrics): void {
  metrics.metaModelInfo.remove(gaugeLabels(loaded, loaded.meta));
}

async function release(loaded: LoadedVersion, old: LiveMetaModel, logger: Logger): Promise<void> {
  await loaded.pool.unload(old.session).catch((error: unknown) => {
    logger.warn({ err: messageOf(error), model: loaded.key.model, version: loaded.key.version, meta_version: old.version }, 'old meta-model was not released');
  });
}

/**
 * Puts a meta-model (null: the cold start) in the place of the one that serves: the new one is loaded and warmed up beside the
 * old, then one assignment, then the old is released. Rejects, with the old one in place, when the new one cannot serve.
 * To be called inside `loaded.serialize`.
 */
export async function replaceMetaModel(loaded: LoadedVersion, stored: StoredMetaModel | null, { logger, metrics }: SwapperPorts): Promise<void> {
  const next = stored === null ? null : await openMetaSession(loaded, stored);
  // The metrics show what serves: neither what is being prepared nor what is being released.
  if (loaded.serving) hideMetaModel(loaded, metrics);
  const old = loaded.replaceMeta(next);
  if (loaded.serving) showMetaModel(loaded, metrics);
  if (old !== null) await release(loaded, old, logger);
}

/**
 * A version that was taken out of service meanwhile needs no meta-model any more: its pool may be closed. One that serves already is
 * not loaded again: who promotes and who hears of the promotion both ask for it. Resolves with whether another one serves now.
 */
async function swapWhereNeeded(loaded: LoadedVersion, stored: StoredMetaModel | null, ports: SwapperPorts): Promise<boolean> {
  if ((loaded.meta?.version ?? 0) === (stored?.version ?? 0)) return false;
  try {
    await replaceMetaModel(loaded, stored, ports);
    return true;
  } catch (error) {
    if (!loaded.retired) throw error;
    return false;
  }
}

/** `find` gives the loaded versions of a key: the one that serves, and one that is about to take its place. */
export function createMetaModelSwapper(find: (key: ModelKey) => readonly LoadedVersion[], ports: SwapperPorts): MetaModelSwapper {
  return {
    async swap(key, metaVersion, onnx, labelFree = false) {
      const versions = find(key);
      const stored = onnx === null ? null : { version: metaVersion, onnx, labelFree };
      const fields = { model: key.model, version: key.version, meta_version: metaVersion, ...(labelFree ? { label_free: true } : {}) };
      if (versions.length === 0) ports.logger.debug(fields, 'meta-model of a version that is not loaded, not swapped');
      try {
        const swapped = await Promise.all(versions.map((loaded) => loaded.serialize(() => swapWhereNeeded(loaded, stored, ports))));
        if (swapped.includes(true)) ports.logger.info(fields, 'meta-model swapped');
      } catch (error) {
        ports.logger.error({ ...fields, err: messageOf(error) }, 'meta-model could not be loaded, the one before stays');
        throw error;
      }
    },
  };
}
