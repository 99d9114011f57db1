import type { TieGroups } from '../../../src/meta/evaluation/tie-groups.js';

/** Share of the correct predictions that are accepted where `falseAcceptRate` is read. */
const TRUE_POSITIVE_RATE = 0.95;

/**
 * FPR at 95 % TPR as misclassification detection uses it (Hendrycks and Gimpel, ICLR 2017; Zhu et al., ECCV 2022): correct
 * predictions are the positives, so it is the share of the failures that are still accepted when the threshold accepts
 * 95 % of the correct predictions. Inside a group of tied scores the curve is a straight line (random order). Null without
 * a failure or without a success.
 */
export function falseAcceptRate(groups: TieGroups): number | null {
  const successes = groups.totalRows - groups.totalFailures;
  if (groups.totalFailures === 0 || successes === 0) return null;
  const wanted = TRUE_POSITIVE_RATE * successes;
  let acceptedSuccesses = 0;
  let acceptedFailures = 0;
  for (let g = 0; g < groups.count; g++) {
    const failures = groups.failures[g] ?? 0;
    const correct = (groups.rows[g] ?? 0) - failures;
    if (acceptedSuccesses + correct >= wanted) {
      const share = correct === 0 ? 0 : (wanted - acceptedSuccesses) / correct;
      return (acceptedFailures + share * failures) / groups.totalFailures;
    }
    acceptedSuccesses += correct;
    acceptedFailures += failures;
  }
  return acceptedFailures / groups.totalFailures;
}

/**
 * Average precision with failures as positives, from the most suspicious score down: the sum over distinct scores of
 * (recall gained) x precision, tied rows entering together (Davis and Goadrich, ICML 2006, on why no straight lines).
 * Null without a failure.
 */
export function failureAveragePrecision(groups: TieGroups): number | null {
  if (groups.totalFailures === 0) return null;
  let rows = 0;
  let failures = 0;
  let sum = 0;
  for (let g = groups.count - 1; g >= 0; g--) {
    const gained = groups.failures[g] ?? 0;
    rows += groups.rows[g] ?? 0;
    failures += gained;
    sum += gained * (failures / rows);
  }
  return sum / groups.totalFailures;
}
