import { MetaErrError } from '../core/errors.js';
import type { GroundTruthResult, LabelChange } from './ledger.js';

/** What is known to be durable of a `record` that was rejected. */
export interface Recorded {
  /** In the order of the items; null of one of which it is not known. */
  readonly results: readonly (GroundTruthResult | null)[];
  readonly changes: readonly LabelChange[];
}

/** Rejection of a `record` of which a part is durable. What counts labels counts that part: given again, its items change nothing. */
export class PartlyRecorded extends MetaErrError {
  readonly recorded: Recorded;

  constructor(reason: MetaErrError, recorded: Recorded) {
    const { code, message, field, retryAfterSeconds } = reason;
    super(code, message, { ...(field !== undefined && { field }), ...(retryAfterSeconds !== undefined && { retryAfterSeconds }), cause: reason });
    this.recorded = recorded;
  }
}
