import { MetaErrError } from '../../core/errors.js';
import type { EnginePool } from '../../engine/engine.js';
import { UNKNOWN_GRAPH } from '../config/evidence.js';
import { completeExternalConfig, type ExternalCompletion } from '../config/external-complete.js';
import type { ModelSettings } from '../config/folder-reader.js';
import type { FeatureChain } from '../contracts.js';
import { pictureNotes } from '../picture-checks.js';
import { featurePlanOf } from '../repository/feature-plan.js';
import { EXTERNAL_VERSION } from '../repository/folder-scan.js';
import { LoadedVersion } from '../repository/loaded-version.js';
import type { VersionLoaderPorts } from '../repository/version-loader.js';
import { seriesNotes } from '../series-notes.js';
import { textNotes } from '../texts.js';
import { declarationDigest } from './declaration-digest.js';
import { loadDeclaredChain } from './declared-chain.js';

export interface ExternalRequest {
  readonly name: string;
  readonly tag: string;
  readonly settings: ModelSettings;
}

/** Every declared tensor has the rows as dimension 0. */
const ROW_MODE = 'batched';
const SESSIONS = { features: 'features', behaviourOnly: 'behaviour' } as const;

function notesOf({ config, signature }: ExternalCompletion, behaviourOnly: FeatureChain | null): string[] {
  if (signature.inputs.length === 0) {
    const kept = `instances that come with outputs are kept as raw inputs (features.store_inputs: ${config.features.store_inputs})`;
    return [`inputs: none are declared, so the outputs alone are the features; ${kept}, but are no features.`];
  }
  if (behaviourOnly === null) return ['inputs: every row needs its instance, because the outputs alone hold no number.'];
  return ['inputs: rows that come without instances are answered from the outputs alone, as a cold start, and teach the meta-model nothing.'];
}

async function loadInto(pool: EnginePool, { name, tag, settings }: ExternalRequest, completion: ExternalCompletion): Promise<LoadedVersion> {
  const { config, signature } = completion;
  const known = { config, signature, rowMode: ROW_MODE, graph: UNKNOWN_GRAPH } as const;
  const plan = featurePlanOf(config, { ...known, rowOutputs: signature.outputs, forms: new Map() });
  const features = await loadDeclaredChain(pool, SESSIONS.features, plan, signature);
  if (features === null) {
    throw new MetaErrError('MODEL_UNAVAILABLE', 'metaerr.yaml: outputs: hold no number that could be a feature; declare a numeric output, or inputs');
  }
  const behaviourOnly = plan.inputs.length === 0 ? null : await loadDeclaredChain(pool, SESSIONS.behaviourOnly, { ...plan, inputs: [] }, signature);
  return new LoadedVersion({
    key: { model: name, version: settings.version ?? EXTERNAL_VERSION, digest: declarationDigest(signature.outputs, config) },
    tag,
    config,
    signature,
    rowMode: ROW_MODE,
    features,
    behaviourOnly,
    pool,
    base: null,
    assumptions: [...completion.assumptions, ...pictureNotes(known), ...seriesNotes(config, features.layout), ...textNotes(known), ...notesOf(completion, behaviourOnly)],
  });
}

/**
 * Loads a model that is served elsewhere (`source: external`): a pool of its own with the feature graphs of what metaerr.yaml
 * declares, and no base model. Rejects with the reason, and with nothing left running, when the declaration does not suffice.
 */
export async function loadExternalVersion(request: ExternalRequest, ports: VersionLoaderPorts): Promise<LoadedVersion> {
  const completion = completeExternalConfig(request.settings);
  const pool = ports.poolFactory({ name: request.name, instances: request.settings.instances });
  try {
    return await loadInto(pool, request, completion);
  } catch (error) {
    await pool.close();
    throw error;
  }
}
