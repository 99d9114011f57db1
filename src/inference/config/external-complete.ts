import { MetaErrError } from '../../core/errors.js';
import type { Signature, TensorInfo } from '../../engine/tensor.js';
import type { ModelConfig } from '../contracts.js';
import { completeConfig, type Completion } from './complete.js';
import { UNKNOWN_GRAPH, type Evidence } from './evidence.js';
import { declaredSignature } from './external-signature.js';
import type { ModelSettings } from './folder-reader.js';

export interface ExternalCompletion extends Completion {
  /** As declared, with the number of class scores filled in. */
  readonly signature: Signature;
}

/** All that is known of a model which is served elsewhere: there is no graph to read and no run to look at. */
function declaredEvidence(settings: ModelSettings): Evidence {
  const signature = declaredSignature(settings);
  return { settings, signature, rowOutputs: signature.outputs, graph: UNKNOWN_GRAPH, observations: [] };
}

function missing(key: string, message: string): MetaErrError {
  return new MetaErrError('MODEL_UNAVAILABLE', `metaerr.yaml: ${key}: is required for ${message}`);
}

function requireTask({ settings, signature }: Evidence, { task }: ModelConfig): void {
  if (settings.task !== undefined || task !== 'custom') return;
  const names = signature.outputs.map(({ name }) => name).join(', ');
  throw missing('task', `this external model: the shape of its outputs (${names}) does not tell whether it is classification, binary, regression or custom`);
}

/** Whether a task could as well read this output. */
function couldRead(evidence: Evidence, config: ModelConfig, output: string): boolean {
  try {
    completeConfig({ ...evidence, settings: { ...evidence.settings, task: config.task, output } });
    return true;
  } catch (error) {
    if (error instanceof MetaErrError) return false;
    throw error;
  }
}

function requireOutput(evidence: Evidence, config: ModelConfig): void {
  if (evidence.settings.output !== undefined || config.output === null) return;
  const fitting = evidence.signature.outputs.map(({ name }) => name).filter((name) => name === config.output || couldRead(evidence, config, name));
  if (fitting.length > 1) throw missing('output', `this external ${config.task} model: ${fitting.join(' and ')} both fit the task`);
}

function requireScores({ settings }: Evidence, { task, scores, output }: ModelConfig): void {
  if (scores === null || settings.scores !== undefined) return;
  const kinds = scores.startsWith('binary') ? 'binary_probability or binary_logit' : 'probabilities or logits';
  throw missing('scores', `an external ${task} model: say what output ${output ?? ''} holds, ${kinds}`);
}

/** Scores of variable length hold one number a class all the same. */
function withClasses(info: TensorInfo, { output, labels }: ModelConfig): TensorInfo {
  if (info.name !== output || labels === null) return info;
  return { ...info, dims: info.dims.map((dim, axis) => (axis === 1 ? (dim ?? labels.length) : dim)) };
}

/**
 * Completes the configuration of a model that is served elsewhere from its declaration alone. What the shapes tell is assumed, and
 * noted; what they cannot tell must be declared. Throws MODEL_UNAVAILABLE that names the key which is missing or at fault.
 */
export function completeExternalConfig(settings: ModelSettings): ExternalCompletion {
  const evidence = declaredEvidence(settings);
  const { config, assumptions } = completeConfig(evidence);
  requireTask(evidence, config);
  requireOutput(evidence, config);
  requireScores(evidence, config);
  const { inputs, outputs } = evidence.signature;
  return { config, assumptions, signature: { inputs, outputs: outputs.map((info) => withClasses(info, config)) } };
}
