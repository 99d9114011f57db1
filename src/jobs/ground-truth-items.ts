import { tagOfPredictionId } from '../core/ids.js';
import type { ModelCatalogue } from '../inference/contracts.js';
import type { GroundTruthItem, GroundTruthKind } from '../ledger/ledger.js';
import { labelText } from '../ledger/outcome.js';
import type { GroundTruthInput, InvalidReason } from './contracts.js';
import { parseIsoTime } from './parse-time.js';

interface Truth {
  readonly kind: GroundTruthKind;
  readonly value: string;
}

/** The item as the ledger stores it, or why it is invalid. Whether its row and kind fit is judged by the ledger. */
export function normalizeGroundTruth(input: GroundTruthInput, catalogue: ModelCatalogue, now: number): GroundTruthItem | InvalidReason {
  const tag = tagOfPredictionId(input.prediction_id);
  if (tag === null) return 'malformed_prediction_id';
  if (catalogue.byTag(tag) === null) return 'unknown_model';
  const truth = truthOf(input);
  if (typeof truth === 'string') return truth;
  if (input.row !== undefined && !(Number.isSafeInteger(input.row) && input.row >= 0)) return 'row_out_of_range';
  const observedAt = input.observed_at === undefined ? now : parseIsoTime(input.observed_at);
  if (observedAt === null) return 'malformed_observed_at';
  return { id: input.prediction_id, row: input.row ?? null, ...truth, observedAt, receivedAt: now, source: input.source ?? null };
}

function truthOf({ label, value, correct }: GroundTruthInput): Truth | InvalidReason {
  const given = [label, value, correct].filter((field) => field !== undefined);
  if (given.length > 1) return 'only_one_of_label_value_correct';
  // A number that is not finite says nothing: JSON.parse makes Infinity of 1e999.
  if (typeof given[0] === 'number' && !Number.isFinite(given[0])) return 'label_value_or_correct_required';
  if (label !== undefined) return { kind: 'label', value: labelText(label) };
  if (value !== undefined) return { kind: 'value', value: String(value === 0 ? 0 : value) };
  if (correct !== undefined) return { kind: 'correct', value: String(correct) };
  return 'label_value_or_correct_required';
}
