import type { Task } from '../../ledger/ledger.js';
import type { Evidence, Note } from './evidence.js';
import { answersClasses } from './label-output.js';
import { isClassifier, isRegressor } from './operators.js';
import { singleOutputs, type OutputCandidate } from './output-choice.js';
import { seenRows, withinUnit } from './seen-values.js';

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

function taskOfVector(evidence: Evidence, output: OutputCandidate, labelOutput: string | null, note: Note): Task {
  const { name, width } = output;
  const maker = evidence.graph.makerOf(name);
  if (width === null && (evidence.settings.labels ?? evidence.graph.classLabels) === null) {
    note(`task: custom, because the number of classes of output ${name} is not known; give task and labels in metaerr.yaml.`);
    return 'custom';
  }
  const said = (evidence.settings.scores ?? evidence.settings.labels ?? evidence.settings.label_output ?? null) !== null;
  if (!said && labelOutput === null && isRegressor(maker)) {
    note(`task: custom, because output ${name} holds ${width ?? 'several'} values of a regression a row, and a regression has one; ${SET_TASK}.`);
    return 'custom';
  }
  if (!said && labelOutput === null && maker === 'Sigmoid') {
    const labels = `each of ${width ?? 'several'} labels, of which several may be true at once`;
    note(`task: custom, because output ${name} holds a sigmoid for ${labels}; ${SET_TASK}.`);
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
