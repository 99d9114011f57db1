import { MetaErrError } from '../../core/errors.js';
import type { EnginePool } from '../../engine/engine.js';
import type { Signature, TensorInfo } from '../../engine/tensor.js';
import type { Evidence, Note } from '../config/evidence.js';
import type { ModelSettings } from '../config/folder-reader.js';
import type { BaseFile } from './base-file.js';
import { probeBase, type BaseProbe, type Sample } from './base-probe.js';
import { decideBatching } from './batch-probe.js';

export interface BaseEvidence extends Evidence {
  /** Inputs that are known to work; null when no run succeeded. */
  readonly sample: Sample | null;
}

/** Settings that name an output which was a sequence of maps mean the tensor that is served in its place. */
function withServedOutput(settings: ModelSettings, file: BaseFile): ModelSettings {
  const replacement = file.replaced.find(({ output }) => output === settings.output);
  return replacement === undefined ? settings : { ...settings, output: replacement.tensor };
}

/** Whether the shapes and values of synthetic inputs could be what a model cannot read. */
function isPicky(signature: Signature): boolean {
  const free = (dims: TensorInfo['dims']) => dims.some((dim, axis) => axis > 0 && dim === null);
  return signature.inputs.some(({ type, dims }) => !type.startsWith('float') || free(dims));
}

function judgeFailure(probe: BaseProbe, signature: Signature, note: Note): void {
  if (probe.failure === null) return;
  if (!isPicky(signature)) throw new MetaErrError('MODEL_UNAVAILABLE', `the base model failed at warm-up: ${probe.failure}`);
  const read = 'The outputs are read by their declaration alone.';
  note(`warm-up: no run with synthetic inputs succeeded, perhaps for their shapes or values (${probe.failure}). ${read}`);
}

/**
 * Runs a base model for the first time and gathers all that the completion of its configuration looks at. Throws
 * MODEL_UNAVAILABLE when a model that reads plain numbers of fixed shape fails.
 */
export async function gatherEvidence(
  pool: EnginePool,
  session: string,
  loaded: Signature,
  file: BaseFile,
  settings: ModelSettings,
  note: Note,
): Promise<BaseEvidence> {
  for (const { output, tensor } of file.replaced) note(`outputs: ${output} is a sequence of maps; the tensor ${tensor} behind it is served in its place.`);
  const probe = await probeBase(pool, session, loaded);
  judgeFailure(probe, loaded, note);
  const { batched, signature } = await decideBatching(pool, session, loaded, probe, note);
  return {
    settings: withServedOutput(settings, file),
    signature,
    graph: file.graph,
    observations: probe.observations,
    batched,
    sample: probe.sample,
  };
}
