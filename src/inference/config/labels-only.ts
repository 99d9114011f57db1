import { MetaErrError } from '../../core/errors.js';
import type { Evidence, Note } from './evidence.js';
import { labelSense } from './label-clash.js';
import { isClassifier } from './operators.js';
import { CUSTOM, type Reading } from './reading.js';

const NO_SCORES = 'there is no confidence, and no cold start score';

/** A classifier that answers labels and no scores: failures are known from ground truth all the same. */
export function readLabelsOnly({ settings }: Evidence, task: 'classification' | 'binary', labelOutput: string, note: Note): Reading {
  if (settings.scores !== undefined) {
    throw new MetaErrError('MODEL_UNAVAILABLE', `metaerr.yaml: scores: the model has no output of scores beside the labels of output ${labelOutput}`);
  }
  if (settings.labels !== null) note(`labels: those of metaerr.yaml are not used, because output ${labelOutput} answers its own.`);
  note(`task: ${task} without scores, because output ${labelOutput} holds the label of each row and no other output its scores; ${NO_SCORES}.`);
  return { ...CUSTOM, task, labelOutput };
}

/**
 * Gives up scores whose largest is not that of the label that the model answers, unless metaerr.yaml says how to read them: distances to clusters, or
 * votes between pairs of classes.
 */
export function withAgreeingScores(evidence: Evidence, reading: Reading, note: Note): Reading {
  const { settings } = evidence;
  const { task, output, labelOutput, labels, scores } = reading;
  const said = (settings.task ?? settings.output ?? settings.scores ?? settings.label_output) !== undefined;
  if (said || scores !== 'logits' || output === null || labelOutput === null || labels === null) return reading;
  const sense = labelSense(evidence, output, labels.length, labelOutput, reading.labelTexts ?? labels);
  if (sense === 'largest') return reading;
  const classifier = [output, labelOutput].some((name) => isClassifier(evidence.graph.makerOf(name)));
  if (sense === 'smallest' && !classifier) {
    note(`task: custom after all, because the label of output ${labelOutput} is that of the smallest number of output ${output}, as with distances to clusters; set task in metaerr.yaml to say otherwise.`);
    return CUSTOM;
  }
  note(`scores: none after all, because the label of output ${labelOutput} is not that of the largest number of output ${output}; ${NO_SCORES}.`);
  return { ...CUSTOM, task, labelOutput };
}
