import { joinInto } from '../core/join-into.js';
import type { LabelledBatch, Ledger, ModelKey } from '../ledger/ledger.js';
import { brierLosses, logLosses } from '../meta/evaluation/losses.js';
import { effectiveRows, selectionWeights, weightedMean } from '../meta/selection/weights.js';
import type { LabelReport, UnknownLabels } from './contracts.js';
import { selectionOf } from './label-selection.js';

type Labelled = Pick<LabelledBatch, 'createdAt' | 'failureProbabilities' | 'failures' | 'audits' | 'choices'>;

/** For whom the labelled rows of a report stand, and what they say under the weights that follow from it. `unknownLabels` is of the same rows. */
export async function labelReport(
  ledger: Pick<Ledger, 'counts'>, key: ModelKey, batches: readonly Labelled[], unknownLabels: UnknownLabels | null,
): Promise<LabelReport> {
  const rows = batches.reduce((sum, { failures }) => sum + failures.length, 0);
  const columns = joined(batches, rows);
  const weights = selectionWeights(columns.choices);
  const view = await selectionOf(ledger, key, { ...columns, weights });
  const known = columns.choices.reduce((sum, choice) => sum + (choice > 0 ? 1 : 0), 0);
  return {
    rows,
    known,
    unknown: rows - known,
    audited: columns.audits.reduce((sum, audit) => sum + audit, 0),
    effectiveRows: weights === null ? rows : effectiveRows(weights),
    weighted: weightedFigures(columns, weights),
    unknownLabels,
    visiblySelected: view?.visible ?? null,
    statement: statementOf(rows, known, view?.visible ?? false) + unknownWords(rows, unknownLabels),
  };
}

function joined(batches: readonly Labelled[], rows: number) {
  return {
    createdAt: joinInto(new Float64Array(rows), batches.map((batch) => batch.createdAt)),
    failureProbabilities: joinInto(new Float64Array(rows), batches.map((batch) => batch.failureProbabilities)),
    failures: joinInto(new Uint8Array(rows), batches.map((batch) => batch.failures)),
    audits: joinInto(new Uint8Array(rows), batches.map((batch) => batch.audits)),
    choices: joinInto(new Uint16Array(rows), batches.map((batch) => batch.choices)),
  };
}

function weightedFigures({ failureProbabilities, failures }: ReturnType<typeof joined>, weights: Float64Array | null): LabelReport['weighted'] {
  const scored = Int32Array.from(failures.keys()).filter((row) => !Number.isNaN(failureProbabilities[row] ?? NaN));
  if (scored.length === 0) return null;
  const probabilities = Float64Array.from(scored, (row) => failureProbabilities[row] ?? 0);
  const outcomes = Uint8Array.from(scored, (row) => failures[row] ?? 0);
  const own = weights === null ? null : Float64Array.from(scored, (row) => weights[row] ?? 0);
  return {
    expectedFailureRate: weightedMean(probabilities, own),
    observedFailureRate: weightedMean(Float64Array.from(outcomes), own),
    brier: weightedMean(brierLosses(probabilities, outcomes), own),
    logLoss: weightedMean(logLosses(probabilities, outcomes), own),
  };
}

function statementOf(rows: number, known: number, selected: boolean): string {
  if (rows === 0) return 'No prediction has a ground truth.';
  const chosen = known === rows ? 'With which probability each labelled row was chosen is known.'
    : known === 0 ? 'With which probability the labelled rows were chosen is not known: each stands for itself.'
    : `With which probability ${rows - known} of the ${rows} labelled rows were chosen is not known: each of these stands for itself.`;
  return selected ? `${chosen} They are visibly others than the rest of the predictions, so these figures are not those of all predictions, and nothing is promoted by itself.` : chosen;
}

/** A sentence more where labels are no classes. */
function unknownWords(rows: number, unknown: UnknownLabels | null): string {
  if (unknown === null || unknown.total === 0) return '';
  const examples = unknown.examples.map((label) => JSON.stringify(label)).join(', ');
  return ` The label of ${unknown.total} of the ${rows} rows is no class of the model (${examples}): each counts as a failure.`;
}
