/**
 * Audited predictions, and probabilities of being chosen to be labelled (codes of choice.ts, 0 for not known, as of all rows from before):
 * `choice` as planned when the row was answered, `truth_choice` as the ground truth that counts says it.
 */
export const SCHEMA_6 = `
ALTER TABLE prediction ADD COLUMN audit INTEGER NOT NULL DEFAULT 0;
ALTER TABLE prediction ADD COLUMN choice INTEGER NOT NULL DEFAULT 0;
ALTER TABLE prediction ADD COLUMN truth_choice INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ground_truth ADD COLUMN choice INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pending ADD COLUMN choice INTEGER NOT NULL DEFAULT 0;
`;
