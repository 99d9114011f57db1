import { MetaErrError } from '../../core/errors.js';
import type { TensorInfo, TensorType } from '../../engine/tensor.js';
import type { Task } from '../../ledger/ledger.js';
import type { Evidence, Note } from './evidence.js';
import { rowShapeOf } from './output-width.js';

/** An output of floating-point numbers that holds a vector (or one number) for every row. */
export interface OutputCandidate {
  readonly name: string;
  /** Null: unknown before the first prediction. */
  readonly width: number | null;
}

const FLOATS: readonly TensorType[] = ['float32', 'float64', 'float16'];
const USUAL_NAMES = ['probabilities', 'output_probability', 'logits', 'scores', 'output'];

function candidateOf(info: TensorInfo, evidence: Evidence): OutputCandidate | null {
  const shape = FLOATS.includes(info.type) ? rowShapeOf(info, evidence) : null;
  return shape === null ? null : { name: info.name, width: shape.width };
}

/** The row-wise form of an output; null when it has no entry for each row. */
export function rowOutput(evidence: Evidence, name: string): TensorInfo | null {
  return evidence.rowOutputs.find((info) => info.name === name) ?? null;
}

/** Throws when metaerr.yaml names an output that the model does not have. */
export function namedOutput(evidence: Evidence, key: 'output' | 'label_output', name: string): TensorInfo {
  const found = evidence.signature.outputs.find((info) => info.name === name);
  if (found !== undefined) return found;
  const names = evidence.signature.outputs.map((info) => info.name).join(', ');
  throw new MetaErrError('MODEL_UNAVAILABLE', `metaerr.yaml: ${key}: the model has no output ${name}; it has ${names}`);
}

function fits(task: Task | undefined, width: number | null): boolean {
  if (task === 'regression') return width === 1;
  if (task === 'binary') return width === 1 || width === 2 || width === null;
  return task === 'classification' ? width !== 1 : true;
}

const WANTED = {
  classification: 'one floating-point score a class for every row',
  binary: 'one or two floating-point scores for every row',
  regression: 'one floating-point value for every row',
  custom: 'anything',
} as const satisfies Record<Task, string>;

function explicitChoice(evidence: Evidence, name: string, task: Task | undefined): OutputCandidate {
  const info = namedOutput(evidence, 'output', name);
  const rows = rowOutput(evidence, name);
  const candidate = rows === null ? null : candidateOf(rows, evidence);
  if (candidate !== null && fits(task, candidate.width)) return candidate;
  const wanted = task === undefined ? 'floating-point scores or values, a vector or a number for every row' : `${WANTED[task]} (task ${task})`;
  const shape = info.dims.map((dim) => dim ?? '?').join(', ');
  throw new MetaErrError('MODEL_UNAVAILABLE', `metaerr.yaml: output: ${name} is ${info.type} [${shape}], expected ${wanted}`);
}

function bestOf(fitting: readonly OutputCandidate[]): OutputCandidate | undefined {
  const byName = USUAL_NAMES.flatMap((name) => fitting.filter((candidate) => candidate.name.toLowerCase() === name));
  return byName[0] ?? fitting.find((candidate) => candidate.width !== 1) ?? fitting[0];
}

function candidates(evidence: Evidence): OutputCandidate[] {
  return evidence.rowOutputs.flatMap((info) => (evidence.graph.unlikely.has(info.name) ? [] : (candidateOf(info, evidence) ?? [])));
}

/** Names of the outputs that hold one floating-point number a row. */
export function singleOutputs(evidence: Evidence): string[] {
  return candidates(evidence).filter(({ width }) => width === 1).map(({ name }) => name);
}

/** Whether some output could hold the scores of a task; `task` is undefined when it is still to be recognised. */
export function hasScores(evidence: Evidence, task: Task | undefined): boolean {
  return evidence.settings.output !== undefined || candidates(evidence).some((candidate) => fits(task, candidate.width));
}

/**
 * The output that a task reads. `task` is undefined when it is still to be recognised; vectors then come before single
 * numbers. Null when no output fits and none was asked for.
 * Throws MODEL_UNAVAILABLE when metaerr.yaml asks for what the model does not have.
 */
export function chooseOutput(evidence: Evidence, task: Task | undefined, note: Note): OutputCandidate | null {
  const { output } = evidence.settings;
  if (output !== undefined) return explicitChoice(evidence, output, task);
  const fitting = candidates(evidence).filter((candidate) => fits(task, candidate.width));
  const vectors = fitting.filter((candidate) => candidate.width !== 1);
  const chosen = bestOf(task === undefined && vectors.length > 0 ? vectors : fitting);
  if (chosen === undefined) {
    if (task === undefined) return null;
    throw new MetaErrError('MODEL_UNAVAILABLE', `metaerr.yaml: task: no output of the model holds ${WANTED[task]}, as task ${task} needs`);
  }
  if (evidence.signature.outputs.length > 1) note(`output: ${chosen.name}, of ${evidence.signature.outputs.map((info) => info.name).join(', ')}.`);
  return chosen;
}
