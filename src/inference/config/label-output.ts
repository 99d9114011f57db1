import { MetaErrError } from '../../core/errors.js';
import type { Tensor, TensorInfo, TensorType } from '../../engine/tensor.js';
import type { Evidence, Note } from './evidence.js';
import { isClassifier } from './operators.js';
import { namedOutput, rowOutput } from './output-choice.js';
import { rowShapeOf, seenTensors } from './output-width.js';
import { numbersOf } from './seen-values.js';

const LABEL_TYPES: readonly TensorType[] = ['string', 'int64', 'int32', 'int16', 'int8', 'uint64', 'uint32', 'uint16', 'uint8'];
const FLOATS: readonly TensorType[] = ['float32', 'float64'];
const USUAL_NAME = /label|class|pred/i;
const LABEL_NAME = /label/i;
const OWN_NAME = /^(output_)?label$/i;

/** Some exporters write labels that are numbers as floating-point numbers. */
function isFloatLabel(info: TensorInfo, evidence: Evidence): boolean {
  const seen = seenTensors(evidence, info.name).flatMap(numbersOf);
  return FLOATS.includes(info.type) && LABEL_NAME.test(info.name) && seen.length > 0 && seen.every(Number.isInteger);
}

/** Whether an output is of a type that labels have. */
export function isLabelType({ type }: TensorInfo): boolean {
  return LABEL_TYPES.includes(type);
}

function isLabel(info: TensorInfo, evidence: Evidence): boolean {
  return (isLabelType(info) || isFloatLabel(info, evidence)) && rowShapeOf(info, evidence)?.width === 1;
}

/** Labels as text. */
export function textsOf(tensor: Tensor): readonly string[] {
  return Array.from<string | number | bigint, string>(tensor.data, String);
}

/** Whether an output answered nothing but names of classes in the warm-up runs. */
export function answersClasses(evidence: Evidence, name: string, classes: ReadonlySet<string>): boolean {
  const texts = seenTensors(evidence, name).flatMap(textsOf);
  return texts.length > 0 && texts.every((text) => classes.has(text));
}

function isMadeByClassifier({ name }: TensorInfo, evidence: Evidence): boolean {
  return isClassifier(evidence.graph.makerOf(name));
}

/** Of several outputs that could be the label, the one that a classifier makes, else the one that is called so; null when that is not one. */
function mostLikely(found: readonly TensorInfo[], evidence: Evidence): TensorInfo | null {
  if (found.length === 1) return found[0] ?? null;
  for (const preferred of [found.filter((info) => isMadeByClassifier(info, evidence)), found.filter(({ name }) => OWN_NAME.test(name))]) {
    if (preferred.length === 1) return preferred[0] ?? null;
  }
  return null;
}

/**
 * The output that holds the predicted label, as scikit-learn's classifiers have it. Where metaerr.yaml is silent it is an output of
 * one integer or text a row, if a classifier makes it, it has a usual name, or it answered names of known classes.
 */
export function chooseLabelOutput(evidence: Evidence, note: Note): string | null {
  const { label_output: given, labels } = evidence.settings;
  if (given !== undefined) {
    const info = namedOutput(evidence, 'label_output', given);
    const rows = rowOutput(evidence, given);
    if (rows !== null && isLabel(rows, evidence)) return given;
    throw new MetaErrError('MODEL_UNAVAILABLE', `metaerr.yaml: label_output: ${given} must hold one text or integer a row, but is ${info.type}`);
  }
  const found = evidence.rowOutputs.filter((info) => isLabel(info, evidence));
  const chosen = mostLikely(found, evidence);
  if (chosen === null) return null;
  const known = labels ?? evidence.graph.classLabels ?? evidence.graph.metadataLabels?.names ?? [];
  const sure = isMadeByClassifier(chosen, evidence) || USUAL_NAME.test(chosen.name) || answersClasses(evidence, chosen.name, new Set(known));
  if (!sure) return null;
  const kind = `output of one ${chosen.type === 'string' ? 'text' : 'integer'} a row`;
  note(`label_output: ${chosen.name}, ${found.length === 1 ? `the only ${kind}` : `the likeliest ${kind}, of ${found.map(({ name }) => name).join(', ')}`}.`);
  return chosen.name;
}
