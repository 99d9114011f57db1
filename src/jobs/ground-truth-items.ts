import { isExactNumber } from '../core/exact-number.js';
import { callerKey, modelTag, MOST_CALLER_ID_LENGTH, tagOfPredictionId } from '../core/ids.js';
import type { ModelCatalogue, ModelView } from '../inference/contracts.js';
import { choiceCode } from '../ledger/choice.js';
import type { GroundTruthItem, GroundTruthKind } from '../ledger/ledger.js';
import { labelText } from '../ledger/outcome.js';
import type { GroundTruthInput, InvalidReason } from './contracts.js';
import { parseIsoTime } from './parse-time.js';

interface Truth {
  readonly kind: GroundTruthKind;
  readonly value: string;
}

/**
 * The item as the ledger stores it, or why it is invalid. Whether its row and kind fit is judged by the ledger.
 * @throws MetaErrError MODEL_NOT_READY, MODEL_UNAVAILABLE for a boolean label of a model that is not loaded.
 */
export function normalizeGroundTruth(input: GroundTruthInput, catalogue: ModelCatalogue, now: number): GroundTruthItem | InvalidReason {
  const subject = subjectOf(input, catalogue);
  if (typeof subject === 'string') return subject;
  const truth = truthOf(input, classesFor(input, subject.model, catalogue));
  if (typeof truth === 'string') return truth;
  if (input.row !== undefined && !(Number.isSafeInteger(input.row) && input.row >= 0)) return 'row_out_of_range';
  const observedAt = input.observed_at === undefined ? now : parseIsoTime(input.observed_at);
  if (observedAt === null) return 'malformed_observed_at';
  const chosen = input.selection?.probability;
  if (chosen !== undefined && !(chosen > 0 && chosen <= 1)) return 'malformed_selection_probability';
  const choice = chosen === undefined ? 0 : choiceCode(chosen);
  return { id: subject.id, row: input.row ?? null, ...truth, observedAt, receivedAt: now, source: input.source ?? null, choice };
}

/** What an item is about. */
interface Subject {
  readonly model: ModelView;
  /** As the ledger takes it. */
  readonly id: string;
}

function subjectOf({ prediction_id: predictionId, model, id }: GroundTruthInput, catalogue: ModelCatalogue): Subject | InvalidReason {
  if (predictionId !== undefined) {
    return model === undefined && id === undefined ? ofPrediction(predictionId, catalogue) : 'only_one_of_prediction_id_and_id';
  }
  return model !== undefined && id !== undefined ? ofCaller(model, id, catalogue) : 'prediction_id_or_model_and_id_required';
}

function ofPrediction(id: string, catalogue: ModelCatalogue): Subject | InvalidReason {
  const tag = tagOfPredictionId(id);
  if (tag === null) return 'malformed_prediction_id';
  const model = catalogue.byTag(tag);
  return model === null ? 'unknown_model' : { model, id };
}

function ofCaller(name: string, given: string | number, catalogue: ModelCatalogue): Subject | InvalidReason {
  if (typeof given === 'number' && !isExactNumber(given)) return 'malformed_id';
  const id = String(given);
  if (id === '' || id.length > MOST_CALLER_ID_LENGTH) return 'malformed_id';
  const tag = modelTag(name);
  const model = catalogue.byTag(tag);
  // Another model may have the same tag.
  return model === null || model.name !== name ? 'unknown_model' : { model, id: callerKey(tag, id) };
}

function truthOf({ label, value, correct }: GroundTruthInput, classes: readonly string[] | null): Truth | InvalidReason {
  const given = [label, value, correct].filter((field) => field !== undefined);
  if (given.length > 1) return 'only_one_of_label_value_correct';
  // A number that is not finite says nothing: JSON.parse makes Infinity of 1e999.
  if (typeof given[0] === 'number' && !Number.isFinite(given[0])) return 'label_value_or_correct_required';
  if (typeof label === 'number' && !isExactNumber(label)) return 'malformed_label';
  if (label !== undefined) return { kind: 'label', value: classText(label, classes) };
  if (value !== undefined) return { kind: 'value', value: String(value === 0 ? 0 : value) };
  if (correct !== undefined) return { kind: 'correct', value: String(correct) };
  return 'label_value_or_correct_required';
}

/** The classes, where the meaning of a label depends on them. A model that is not loaded now has not told them: taken as text it would be wrong for good. */
function classesFor({ label }: GroundTruthInput, { name, loaded }: ModelView, catalogue: ModelCatalogue): readonly string[] | null {
  return typeof label === 'boolean' ? (loaded ?? catalogue.loaded(name)).config.labels : null;
}

/** A boolean is the class 1 or 0 where these are the classes, as scikit-learn's boolean classes become in ONNX. */
function classText(label: string | number | boolean, classes: readonly string[] | null): string {
  const digits = classes?.length === 2 && classes.includes('0') && classes.includes('1');
  return labelText(digits && typeof label === 'boolean' ? Number(label) : label);
}
