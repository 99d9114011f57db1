import type { InvalidReason } from '../jobs/contracts.js';

/** What each reason means; the type sees to it that none is missing. */
const REASONS: Readonly<Record<InvalidReason, string>> = {
  prediction_id_or_model_and_id_required: 'nothing says which prediction it is about',
  only_one_of_prediction_id_and_id: 'both say it',
  malformed_prediction_id: 'no server gave such a prediction id',
  malformed_id: 'an id is a text of 1 to 512 characters, or a number',
  unknown_model: 'no model here has this name, or made this prediction id',
  label_value_or_correct_required: 'there is no truth in it',
  only_one_of_label_value_correct: 'there is more than one',
  malformed_label: 'an integer beyond 2^53, which JSON does not hold exactly; send it as text',
  malformed_observed_at: 'not a time of ISO 8601',
  malformed_selection_probability: 'not above 0 and up to 1',
  row_required: 'the request had several rows',
  row_out_of_range: 'the request had fewer rows',
  wrong_kind: 'the task of the model takes another one (label or correct for classification and binary, value or correct for a regression, correct alone for custom)',
  ambiguous_id: 'your id was used for more than one row',
};

/** All reasons for which a ground truth is invalid, with their meanings, as one sentence. */
export function reasonsText(): string {
  return `${Object.entries(REASONS).map(([reason, meaning]) => `\`${reason}\`, ${meaning}`).join('; ')}.`;
}
