import { rowDraw, textHash } from '../core/row-draw.js';
import { choiceCode } from '../ledger/choice.js';
import type { ModelConfig } from './contracts.js';

/** Which rows of a reply are to be labelled, as columns of the ledger. */
export interface PlannedLabels {
  readonly audits: Uint8Array;
  readonly choices: Uint16Array;
}

/**
 * Chooses the audited rows of a reply and says with which probability each row is to be labelled. Whether a row is audited follows from its
 * prediction id and number alone, so that everybody who knows the share can tell, at any time. Of reviewed labelling every probability is
 * known (1 for what is reviewed, the audit share for the rest); else only that of audited rows could be, and what else is labelled is
 * the callers' to say.
 */
export function planLabels({ audit_share: share, labelling }: Pick<ModelConfig, 'audit_share' | 'labelling'>, predictionId: string, reviews: Uint8Array): PlannedLabels {
  const rows = reviews.length;
  const audits = new Uint8Array(rows);
  const choices = new Uint16Array(rows);
  const start = share > 0 ? textHash(predictionId) : 0;
  for (let row = 0; row < rows; row++) {
    if (share > 0 && rowDraw(start, row) < share) audits[row] = 1;
    if (labelling === 'reviewed') choices[row] = reviews[row] === 1 ? choiceCode(1) : share > 0 ? choiceCode(share) : 0;
  }
  return { audits, choices };
}
