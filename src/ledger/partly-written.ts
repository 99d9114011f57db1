import { MetaErrError } from '../core/errors.js';
import type { GroundTruthReply, GroundTruthResult, LabelChange } from './ledger.js';

/** Rejection of a write of which a part is durable. What counts labels counts that part: given again, it changes nothing. */
export class PartlyWritten extends MetaErrError {
  /** What the part changed that is known to be durable. */
  readonly changes: readonly LabelChange[];

  constructor(reason: MetaErrError, changes: readonly LabelChange[]) {
    super(reason.code, reason.message, { field: reason.field, retryAfterSeconds: reason.retryAfterSeconds, cause: reason });
    this.changes = changes;
  }
}

/** The rejection of an `append` of which a part changed something; for another reason than the ledger's state, that reason. */
export function partly(reason: unknown, changes: readonly LabelChange[]): unknown {
  return reason instanceof MetaErrError && changes.length > 0 ? new PartlyWritten(reason, changes) : reason;
}

/** What is known to be durable of a `record`. */
export type Recorded = Pick<PartlyRecorded, 'results' | 'answeredBy' | 'changes'>;

/** That of a `record`. */
export class PartlyRecorded extends PartlyWritten {
  /** In the order of the items; null of one of which it is not known. */
  readonly results: readonly (GroundTruthResult | null)[];

  readonly answeredBy: GroundTruthReply['answeredBy'];

  constructor(reason: MetaErrError, { results, answeredBy, changes }: Recorded) {
    super(reason, changes);
    this.results = results;
    this.answeredBy = answeredBy;
  }
}
