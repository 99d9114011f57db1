import { MetaErrError } from '../../core/errors.js';
import type { ScoreKind } from '../../meta/features/layout.js';
import type { Evidence, Note } from './evidence.js';
import { isClassifier } from './operators.js';
import type { OutputCandidate } from './output-choice.js';
import { areDistributions, seenRows, withinUnit } from './seen-values.js';

function isSingle(scores: ScoreKind): boolean {
  return scores === 'binary_probability' || scores === 'binary_logit';
}

function scoresOfVector(evidence: Evidence, name: string, width: number, note: Note): ScoreKind {
  const maker = evidence.graph.makerOf(name);
  if (maker === 'LogSoftmax') {
    note(`scores: logits, because LogSoftmax makes output ${name}; the softmax of logarithms of probabilities are the probabilities.`);
    return 'logits';
  }
  const rows = seenRows(evidence, name, width);
  if (maker === 'Softmax' && (rows.length === 0 || areDistributions(rows))) {
    note(`scores: probabilities, because Softmax makes output ${name}.`);
    return 'probabilities';
  }
  if (rows.length === 0) {
    const kind = isClassifier(maker) || maker === 'Sigmoid' ? 'probabilities' : 'logits';
    const basis = maker === null ? '' : ` from the operator ${maker}`;
    note(`scores: ${kind}, a guess${basis}, because no warm-up run gave values; set scores in metaerr.yaml to be sure.`);
    return kind;
  }
  if (areDistributions(rows) || (maker === 'Sigmoid' && withinUnit(rows))) {
    const held = areDistributions(rows) ? 'rows that add up to 1' : 'sigmoids';
    note(`scores: probabilities, because output ${name} held ${held} for synthetic inputs.`);
    return 'probabilities';
  }
  note(`scores: logits, because output ${name} held rows that are no probabilities for synthetic inputs.`);
  return 'logits';
}

function scoresOfNumber(evidence: Evidence, name: string, note: Note): ScoreKind {
  const maker = evidence.graph.makerOf(name);
  if (maker === 'Sigmoid') {
    note(`scores: binary_probability, because Sigmoid makes output ${name}.`);
    return 'binary_probability';
  }
  const rows = seenRows(evidence, name, 1);
  const kind = rows.length === 0 || withinUnit(rows) ? 'binary_probability' : 'binary_logit';
  const seen = `because output ${name} held numbers ${kind === 'binary_logit' ? 'outside' : 'in'} [0, 1] for synthetic inputs`;
  const reason = rows.length === 0 ? 'a guess, because no warm-up run gave values' : seen;
  note(`scores: ${kind}, ${reason}; set scores in metaerr.yaml to be sure.`);
  return kind;
}

/**
 * How the class scores of an output of `width` numbers a row are read: by metaerr.yaml, else by the operator that makes
 * them, else by what they were for synthetic inputs. Throws MODEL_UNAVAILABLE when metaerr.yaml does not fit the width.
 */
export function decideScores(evidence: Evidence, output: OutputCandidate, width: number, note: Note): ScoreKind {
  const { scores } = evidence.settings;
  if (scores === undefined) return width === 1 ? scoresOfNumber(evidence, output.name, note) : scoresOfVector(evidence, output.name, width, note);
  if (isSingle(scores) === (width === 1)) return scores;
  throw new MetaErrError(
    'MODEL_UNAVAILABLE',
    `metaerr.yaml: scores: ${scores} needs ${isSingle(scores) ? 'one score' : 'a score for every class'} a row, but output ${output.name} holds ${width}`,
  );
}
