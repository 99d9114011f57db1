import type { Task } from '../../ledger/ledger.js';
import type { Evidence, Note } from './evidence.js';
import { answersClasses, isLabelType } from './label-output.js';
import { isClassifier, isRegressor } from './operators.js';
import { singleOutputs, type OutputCandidate } from './output-choice.js';
import { rowShapeOf, seenTensors } from './output-width.js';
import { areDistributions, numbersOf, seenRows, withinUnit } from './seen-values.js';

/** The task that keys other than `task` imply; undefined when they are silent. */
export function impliedTask(evidence: Evidence, note: Note): Task | undefined {
  const { tolerance, scores } = evidence.settings;
  if (tolerance !== undefined) {
    note('task: regression, because metaerr.yaml gives a tolerance.');
    return 'regression';
  }
  if (scores === 'binary_probability' || scores === 'binary_logit') {
    note(`task: binary, because metaerr.yaml says scores: ${scores}.`);
    return 'binary';
  }
  return undefined;
}

const SET_TASK = 'set task in metaerr.yaml to say otherwise';

/** Converters of models of tables, which give every classifier an output for its label. */
const TABLE_CONVERTERS = /^(skl2onnx|OnnxMLTools)$/i;

/** An output that holds as many labels a row as there are scores, each of them true or not. */
function labelsBeside(evidence: Evidence, { name, width }: OutputCandidate): string | null {
  if (width === null) return null;
  const isTrueOrNot = (output: string) => seenTensors(evidence, output).every((tensor) => numbersOf(tensor).every((value) => value === 0 || value === 1));
  const found = evidence.rowOutputs.find((info) => info.name !== name && isLabelType(info) && rowShapeOf(info, evidence)?.width === width && isTrueOrNot(info.name));
  return found?.name ?? null;
}

/** Why the numbers of a vector are not the scores of classes, of which one is true; null when nothing speaks against it. */
function contradictionOfVector(evidence: Evidence, output: OutputCandidate, labelOutput: string | null): string | null {
  const { name, width } = output;
  const maker = evidence.graph.makerOf(name);
  const labels = labelsBeside(evidence, output);
  if (labels !== null) return `output ${labels} holds ${width ?? 'several'} labels a row, of which several may be true at once`;
  if (labelOutput !== null) return null;
  if (isRegressor(maker)) return `output ${name} holds ${width ?? 'several'} values of a regression a row, and a regression has one`;
  if (maker === 'Sigmoid') return `output ${name} holds a sigmoid for each of ${width ?? 'several'} labels, of which several may be true at once`;
  const likely = isClassifier(maker) || maker === 'Softmax' || maker === 'LogSoftmax' || (width !== null && areDistributions(seenRows(evidence, name, width)));
  if (TABLE_CONVERTERS.test(evidence.graph.producer) && !likely) {
    return `output ${name} holds ${width ?? 'several'} numbers a row that are no probabilities, and ${evidence.graph.producer} gives a classifier an output for its label`;
  }
  return null;
}

function taskOfVector(evidence: Evidence, output: OutputCandidate, labelOutput: string | null, note: Note): Task {
  const { name, width } = output;
  if (width === null && (evidence.settings.labels ?? evidence.graph.classLabels) === null) {
    note(`task: custom, because the number of classes of output ${name} is not known; give task and labels in metaerr.yaml.`);
    return 'custom';
  }
  const said = (evidence.settings.scores ?? evidence.settings.labels ?? evidence.settings.label_output ?? null) !== null;
  const contradiction = said ? null : contradictionOfVector(evidence, output, labelOutput);
  if (contradiction !== null) {
    note(`task: custom, because ${contradiction}; ${SET_TASK}.`);
    return 'custom';
  }
  note(`task: classification, because output ${name} holds ${width ?? 'several'} scores a row.`);
  return 'classification';
}

/** Why one score a row cannot be that of the second of two classes; null when it can. */
function contradictionOfBinary(evidence: Evidence, labelOutput: string | null): string | null {
  const { output, labels } = evidence.settings;
  const { classLabels } = evidence.graph;
  const singles = output === undefined ? singleOutputs(evidence) : [];
  if (singles.length > 1) return `${singles.join(', ')} hold one number a row each`;
  if (labels !== null) return null;
  if (classLabels !== null) return classLabels.length === 2 ? null : `the model names ${classLabels.length} classes, which one score a row cannot tell apart`;
  if (labelOutput === null || answersClasses(evidence, labelOutput, new Set(['0', '1']))) return null;
  return `output ${labelOutput} answered other labels than 0 and 1, as a detector of outliers does`;
}

function taskOfNumber(evidence: Evidence, { name }: OutputCandidate, labelOutput: string | null, note: Note): Task {
  const contradiction = contradictionOfBinary(evidence, labelOutput);
  if (contradiction !== null) {
    note(`task: custom, because ${contradiction}; ${SET_TASK}.`);
    return 'custom';
  }
  const maker = evidence.graph.makerOf(name);
  if (maker === 'Sigmoid' || isClassifier(maker) || labelOutput !== null || evidence.settings.labels !== null) {
    const made = maker === 'Sigmoid' || isClassifier(maker);
    const reason = made ? `${maker} makes output ${name}, one score a row` : `output ${name} holds one score a row beside class labels`;
    note(`task: binary, because ${reason}.`);
    return 'binary';
  }
  const rows = seenRows(evidence, name, 1);
  const regression = isRegressor(maker) || (rows.length > 0 && !withinUnit(rows));
  const missing = 'without a tolerance in metaerr.yaml no error can be called a failure; only the ground truth `correct` counts';
  note(
    regression
      ? `task: custom. Output ${name} looks like the value of a regression, but ${missing}.`
      : `task: custom. Output ${name} holds one number a row, which may be a probability or the value of a regression; ${SET_TASK}.`,
  );
  return 'custom';
}

/** Recognises the task of a model whose metaerr.yaml is silent about it. */
export function recogniseTask(evidence: Evidence, output: OutputCandidate | null, labelOutput: string | null, note: Note): Task {
  if (output === null) {
    note(`task: custom, because no output holds one vector of floating-point scores a row; ${SET_TASK}.`);
    return 'custom';
  }
  return output.width === 1 ? taskOfNumber(evidence, output, labelOutput, note) : taskOfVector(evidence, output, labelOutput, note);
}
