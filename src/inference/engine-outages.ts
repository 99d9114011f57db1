import { MetaErrError } from '../core/errors.js';
import type { Metrics } from '../core/metrics.js';
import { versionLabels } from '../core/model-series.js';
import type { EngineOutage } from '../engine/engine.js';
import { nextTry } from '../engine/next-try.js';
import type { LoadedModel, ModelCatalogue } from './contracts.js';
import { loadedModels } from './loaded-models.js';

type Run = Pick<LoadedModel, 'base' | 'pool'>;

/** Why a loaded model cannot predict at the moment; null while it can. One that is served elsewhere always can: its outputs come with the request. */
export function outageOf({ base, pool }: Run): EngineOutage | null {
  return base === null ? null : nextTry(pool);
}

/** What requests to a model that cannot predict are answered. */
export function modelDown(model: string, { reason, retryAfterSeconds }: EngineOutage, cause?: unknown): MetaErrError {
  return new MetaErrError('MODEL_UNAVAILABLE', `model ${model} is unavailable: ${reason}; it is tried again in ${retryAfterSeconds} s`, { retryAfterSeconds, cause });
}

/** True when models are loaded and none of them can predict. */
export function nothingPredicts(catalogue: Pick<ModelCatalogue, 'list'>): boolean {
  const loaded = loadedModels(catalogue);
  return loaded.length > 0 && loaded.every((model) => outageOf(model) !== null);
}

/** Loaded models of which instances do not work, in words. */
export function outagesInWords(catalogue: Pick<ModelCatalogue, 'list'>): readonly string[] {
  return loadedModels(catalogue).flatMap(({ key, base, pool }) => {
    const { instances, outages } = pool;
    const [first] = outages;
    if (first === undefined) return [];
    const { reason, retryAfterSeconds } = nextTry(pool) ?? first;
    const meaning = outages.length < instances ? 'the others serve' : base === null ? 'its predictions are degraded' : 'it answers nothing';
    return [`model ${key.model}: ${outages.length} of ${instances} instances do not work, ${meaning} (${reason}; tried again in ${retryAfterSeconds} s)`];
  });
}

/** Shows at each scrape how many instances of each model do not work. */
export function observeOutages(catalogue: Pick<ModelCatalogue, 'list'>, metrics: Pick<Metrics, 'beforeScrape' | 'instancesDown'>): void {
  metrics.beforeScrape(async () => {
    metrics.instancesDown.reset();
    for (const { key, pool } of loadedModels(catalogue)) metrics.instancesDown.set(versionLabels(key), pool.outages.length);
  });
}
