import type { Logger } from '../../core/logger.js';
import type { Metrics } from '../../core/metrics.js';
import { versionLabels } from '../../core/model-series.js';
import type { EnginePool, EnginePoolFactory, LoadedSession } from '../../engine/engine.js';
import { planFeatures } from '../../meta/features/plan.js';
import { completeConfig } from '../config/complete.js';
import type { ModelSettings } from '../config/folder-reader.js';
import { pictureNotes } from '../picture-checks.js';
import { seriesNotes } from '../series-notes.js';
import { textNotes } from '../texts.js';
import { readBaseFile, type BaseFile } from './base-file.js';
import { warmUpChain } from './chain-warm-up.js';
import { loadFeatureChain } from './feature-chain.js';
import { featurePlanOf } from './feature-plan.js';
import type { VersionFile } from './folder-scan.js';
import { LoadedVersion } from './loaded-version.js';
import { openBase } from './open-base.js';

export interface VersionLoaderPorts {
  readonly poolFactory: EnginePoolFactory;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What is to be loaded. */
export interface VersionRequest {
  readonly name: string;
  readonly tag: string;
  readonly settings: ModelSettings;
  readonly found: VersionFile;
}

const SESSIONS = { base: 'base', features: 'features' } as const;

function reportFallback(request: VersionRequest, base: LoadedSession, { logger, metrics }: VersionLoaderPorts): void {
  if (base.fallback === null) return;
  const { requested, reason } = base.fallback;
  metrics.providerFallbacks.inc({ ...versionLabels({ model: request.name, version: request.found.version }), requested });
  logger.warn({ model: request.name, version: request.found.version, requested, reason }, 'execution provider is missing, the model runs on the cpu');
}

/** Without features there are no failure probabilities, but the base model serves. */
function reportFeatureFault(request: VersionRequest, fault: string | null, { logger }: VersionLoaderPorts): void {
  if (fault !== null) logger.error({ model: request.name, version: request.found.version, err: fault }, 'the feature graph fails, predictions are degraded');
}

async function loadInto(pool: EnginePool, request: VersionRequest, file: BaseFile, ports: VersionLoaderPorts): Promise<LoadedVersion> {
  const { settings, found } = request;
  const { session: base, evidence, notes } = await openBase({ pool, id: SESSIONS.base, file, settings });
  reportFallback(request, base, ports);
  const { config, assumptions } = completeConfig(evidence);
  const plan = featurePlanOf(config, evidence);
  const pictures = pictureNotes({ config, signature: evidence.signature, rowMode: evidence.rowMode });
  const features = await loadFeatureChain(pool, SESSIONS.features, planFeatures(plan), plan);
  const loaded = new LoadedVersion({
    key: { model: request.name, version: found.version, digest: file.digest },
    tag: request.tag,
    config,
    signature: evidence.signature,
    rowMode: evidence.rowMode,
    features,
    behaviourOnly: null,
    pool,
    base: { ...base, session: SESSIONS.base },
    assumptions: [...notes, ...assumptions, ...pictures, ...seriesNotes(config, features.layout), ...textNotes({ config, ...evidence })],
  });
  if (evidence.sample !== null) reportFeatureFault(request, await warmUpChain(loaded, evidence.sample), ports);
  return loaded;
}

/**
 * Loads one version of a model into a pool of its own: base model, completion of the configuration, feature graph, and a first
 * run of the chain in every thread. Rejects with the reason, and with nothing left running, when it cannot serve.
 */
export async function loadVersion(request: VersionRequest, ports: VersionLoaderPorts): Promise<LoadedVersion> {
  const file = await readBaseFile(request.found.file);
  const pool = ports.poolFactory({ name: request.name, instances: request.settings.instances });
  try {
    return await loadInto(pool, request, file, ports);
  } catch (error) {
    await pool.close();
    throw error;
  }
}
