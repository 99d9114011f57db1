import { MetaErrError } from '../../core/errors.js';
import type { Task } from '../../ledger/ledger.js';
import type { ModelConfig } from '../contracts.js';
import type { Evidence, Note } from './evidence.js';
import { chooseLabelOutput } from './label-output.js';
import { readLabelsOnly, withAgreeingScores } from './labels-only.js';
import { labelTexts } from './label-texts.js';
import { decideLabels } from './labels.js';
import { chooseOutput, hasScores, type OutputCandidate } from './output-choice.js';
import { policyOf } from './policy.js';
import { CUSTOM, type Reading } from './reading.js';
import { decideScores } from './scores.js';
import { impliedTask, recogniseTask } from './task.js';

export interface Completion {
  readonly config: ModelConfig;
  /** What was assumed where metaerr.yaml is silent, in words. */
  readonly assumptions: readonly string[];
}

/** Width of the scores; where no run showed it, the number of class names decides. */
function scoreWidth(evidence: Evidence, output: OutputCandidate): number {
  const named = evidence.settings.labels ?? evidence.graph.classLabels ?? evidence.graph.metadataLabels?.names;
  const width = output.width ?? named?.length;
  if (width !== undefined) return width;
  throw new MetaErrError('MODEL_UNAVAILABLE', `metaerr.yaml: labels: the number of classes of output ${output.name} is not known; give the labels`);
}

function readClasses(evidence: Evidence, task: 'classification' | 'binary', output: OutputCandidate, labelOutput: string | null, note: Note): Reading {
  const width = scoreWidth(evidence, output);
  const classes = Math.max(width, 2);
  if (task === 'binary' && classes !== 2) {
    throw new MetaErrError('MODEL_UNAVAILABLE', `metaerr.yaml: task: binary needs 1 or 2 scores a row, but output ${output.name} holds ${width}`);
  }
  const scores = decideScores(evidence, output, width, note);
  const labels = decideLabels(evidence, classes, labelOutput, note);
  return { task, output: output.name, scores, labelOutput, labelTexts: labelTexts(evidence, labelOutput, classes, note), labels, tolerance: null };
}

/** Settles the task, and the output that it reads, one before the other as far as metaerr.yaml says. */
function settle(evidence: Evidence, note: Note): Reading {
  const given: Task | undefined = evidence.settings.task ?? impliedTask(evidence, note);
  if (given === 'custom') return CUSTOM;
  const notes: string[] = [];
  const labelOutput = given === 'regression' ? null : chooseLabelOutput(evidence, (text) => notes.push(text));
  if (given !== 'regression' && labelOutput !== null && !hasScores(evidence, given)) {
    notes.forEach(note);
    return readLabelsOnly(evidence, given ?? 'classification', labelOutput, note);
  }
  const output = chooseOutput(evidence, given, (text) => notes.push(text));
  const task = given ?? recogniseTask(evidence, output, labelOutput, note);
  if (task === 'custom' || output === null) return CUSTOM;
  notes.forEach(note);
  if (task === 'regression') return { ...CUSTOM, task, output: output.name, tolerance: evidence.settings.tolerance ?? null };
  return withAgreeingScores(evidence, readClasses(evidence, task, output, labelOutput, note), note);
}

/**
 * Completes the configuration of a model from its signature, its graph and its warm-up runs.
 * Throws MODEL_UNAVAILABLE when metaerr.yaml and the model contradict each other.
 */
export function completeConfig(evidence: Evidence): Completion {
  const assumptions: string[] = [];
  const reading = settle(evidence, (text) => assumptions.push(text));
  const { features, pictures, batching, instances, intra_op_threads, execution_providers, review_threshold, append_outputs, audit_share, labelling, retraining, retention } = evidence.settings;
  const risk_policy = policyOf(evidence.settings);
  const settings = { features, pictures, batching, instances, intra_op_threads, execution_providers, risk_policy, review_threshold, append_outputs, audit_share, labelling, retraining, retention };
  return { config: { ...reading, ...settings }, assumptions };
}
