import { MetaErrError } from '../../core/errors.js';
import type { Tensor, TensorInfo, TensorType } from '../../engine/tensor.js';
import type { Evidence, Note } from './evidence.js';
import { isClassifier } from './operators.js';
import { namedOutput } from './output-choice.js';
import { rowShapeOf } from './output-width.js';

const LABEL_TYPES: readonly TensorType[] = ['string', 'int64', 'int32'];
const USUAL_NAME = /label|class|pred/i;

function isLabel(info: TensorInfo, evidence: Evidence): boolean {
  return LABEL_TYPES.includes(info.type) && rowShapeOf(info, evidence)?.width === 1;
}

function textsOf(tensor: Tensor): readonly string[] {
  return Array.from<string | number | bigint, string>(tensor.data, String);
}

/** Whether an output answered nothing but names of classes in the warm-up runs. */
export function answersClasses(evidence: Evidence, name: string, classes: ReadonlySet<string>): boolean {
  const texts = evidence.observations.flatMap(({ outputs }) => (outputs[name] === undefined ? [] : textsOf(outputs[name])));
  return texts.length > 0 && texts.every((text) => classes.has(text));
}

/**
 * The output that holds the predicted label, as scikit-learn's classifiers have it. Where metaerr.yaml is silent it is the only
 * output of one integer or text a row, if a classifier makes it, it has a usual name, or it answered names of known classes.
 */
export function chooseLabelOutput(evidence: Evidence, note: Note): string | null {
  const { label_output: given, labels } = evidence.settings;
  if (given !== undefined) {
    const info = namedOutput(evidence, 'label_output', given);
    if (isLabel(info, evidence)) return given;
    throw new MetaErrError('MODEL_UNAVAILABLE', `metaerr.yaml: label_output: ${given} must hold one text or integer a row, but is ${info.type}`);
  }
  const found = evidence.signature.outputs.filter((info) => isLabel(info, evidence));
  const [only] = found;
  if (only === undefined || found.length > 1) return null;
  const known = labels ?? evidence.graph.classLabels ?? [];
  const sure = isClassifier(evidence.graph.makerOf(only.name)) || USUAL_NAME.test(only.name) || answersClasses(evidence, only.name, new Set(known));
  if (!sure) return null;
  note(`label_output: ${only.name}, the only output of one ${only.type === 'string' ? 'text' : 'integer'} a row.`);
  return only.name;
}
