/** What a meta-model and its rows belong to: another base file's failures are other failures. */
export interface ModelKey {
  readonly model: string;
  /** Version number of the base model. */
  readonly version: number;
  /** SHA-256 (hex) of the base model's file. */
  readonly digest: string;
}

/** How an outcome is computed when a ground truth meets its prediction. */
export type Task = 'classification' | 'binary' | 'regression' | 'custom';

/** Rows as they were answered, as columns of one element a row. */
export interface AnsweredColumns {
  readonly ids: readonly string[];
  readonly rows: Int32Array;
  /** Milliseconds since 1970. */
  readonly createdAt: Float64Array;
  /** The predicted label as text; null where the task has none. */
  readonly labels: readonly (string | null)[];
  /** The predicted value of a regression; NaN elsewhere. */
  readonly values: Float64Array;
  /** Probability of the predicted class; NaN where the task has none. */
  readonly confidences: Float64Array;
  /** The failure probability of the reply; NaN where there was none. */
  readonly failureProbabilities: Float64Array;
  /** 1 = review, 0 = accept. */
  readonly reviews: Uint8Array;
  readonly metaVersions: Int32Array;
  /** Index into STATUSES. */
  readonly statuses: Uint8Array;
  /** 1: the row's ground truth is asked for, whatever its risk. */
  readonly audits: Uint8Array;
}

/**
 * The rows of one or more replies of one model, as columns; every array has `ids.length` elements. The rows of a reply come in one batch,
 * side by side, in order of their numbers (0, 1, ...), and were made at one moment.
 */
export interface PredictionBatch extends AnsweredColumns {
  readonly key: ModelKey;
  readonly task: Task;
  /** Digest of the layout of `features`. */
  readonly featureSchema: string;
  /** Numbers in one feature vector. */
  readonly featureWidth: number;
  /** Row-major, `ids.length` x `featureWidth`. */
  readonly features: Float32Array;
  /** Index of the predicted class; -1 where the task has none. */
  readonly classes: Int32Array;
  /** Largest |prediction - ground truth| that is no failure, of a regression; NaN elsewhere. */
  readonly tolerances: Float64Array;
  /** 1 - confidence, computed without cancellation: the cold-start score. NaN where the task has none. */
  readonly coldStartProbabilities: Float64Array;
  /** Probability with which the row is chosen to be labelled, as `choiceCode` writes it; 0 where it is not known. */
  readonly choices: Uint16Array;
  /** The row's raw inputs as JSON text where the policy keeps them; null elsewhere. */
  readonly inputs: readonly (string | null)[];
  /** The callers' own ids of these replies; no column. */
  readonly callers: readonly CallerReference[];
}

/** A caller's own id for a reply, or for one row of it. */
export interface CallerReference {
  /** See `callerKey`. */
  readonly key: string;
  readonly predictionId: string;
  /** Null: the id names the whole reply. */
  readonly row: number | null;
}

/** The ledger holds their places: new ones come last. */
export const STATUSES = ['ok', 'cold_start', 'degraded', 'label_free'] as const;
export type MetaErrStatus = (typeof STATUSES)[number];

export type GroundTruthKind = 'label' | 'value' | 'correct';

/** One ground truth, checked and normalized by the use-case: `value` is text (`'9'`, `'1.5'`, `'true'`). */
export interface GroundTruthItem {
  /** A prediction id, or a caller's own id as `callerKey` writes it. */
  readonly id: string;
  /** Null when the caller gave none. */
  readonly row: number | null;
  readonly kind: GroundTruthKind;
  readonly value: string;
  /** Milliseconds; when the caller gave none, the time of receipt. */
  readonly observedAt: number;
  readonly receivedAt: number;
  readonly source: string | null;
  /** Probability with which the row was chosen to be labelled, as `choiceCode` writes it; 0 where the caller did not say. */
  readonly choice: number;
}

export type GroundTruthStatus = 'matched' | 'duplicate' | 'conflict' | 'pending' | 'invalid';
export type GroundTruthReason = 'row_required' | 'row_out_of_range' | 'wrong_kind' | 'ambiguous_id';
export interface GroundTruthResult {
  readonly status: GroundTruthStatus;
  readonly reason?: GroundTruthReason;
}

/** What a write changed in some labelled rows. */
export interface OutcomeChange {
  /** Rows that got their first ground truth. */
  readonly labelled: number;
  /** Rows that became a failure, by their first ground truth or by a correction. */
  readonly failuresGained: number;
  /** Rows that a correction made no failure any more. */
  readonly failuresLost: number;
}

/** What a write changed in the labelled rows of one model, for metrics and for the retraining trigger. */
export interface LabelChange extends OutcomeChange {
  readonly key: ModelKey;
  /** Of the rows that had a failure probability. */
  readonly scored: OutcomeChange;
  /** Of the rows whose decision was `accept`. */
  readonly accepted: OutcomeChange;
  /** Sum of the failure probabilities p of the newly labelled rows that had one. */
  readonly expectedFailures: number;
  /** Sum of p (1 - p) of the same rows: the variance of their failures, if the probabilities are right. */
  readonly expectedVariance: number;
  /** Milliseconds from the prediction to the receipt of its first ground truth, 0 at least; one for each newly labelled row. */
  readonly delays: Float64Array;
  /** `Ledger.labelSequence` of the key after the write; also what other processes have written is in it. */
  readonly labelSequence: number;
}

export interface GroundTruthReply {
  /** In the order of the items. */
  readonly results: readonly GroundTruthResult[];
  /** Whose prediction each item is about, in the same order; null where it waits for its prediction or is invalid. */
  readonly answeredBy: readonly (ModelKey | null)[];
  readonly changes: readonly LabelChange[];
}

/** What was predicted and what became known, of one row. */
export interface PredictionRecord {
  readonly key: ModelKey;
  readonly row: number;
  readonly createdAt: number;
  readonly label: string | null;
  readonly value: number | null;
  readonly confidence: number | null;
  readonly failureProbability: number | null;
  readonly review: boolean;
  readonly metaVersion: number;
  readonly status: MetaErrStatus;
  readonly inputs: string | null;
  readonly audit: boolean;
  /** Law 14. */
  readonly choice: number;
  /** Null while no ground truth is known. */
  readonly failure: boolean | null;
  /** Every ground truth received for the row, oldest receipt first; the one that counts has `current`. */
  readonly groundTruths: readonly (Omit<GroundTruthItem, 'id' | 'row' | 'choice'> & { readonly current: boolean })[];
}

export interface LabelledQuery {
  readonly key: ModelKey;
  /** Only rows of this feature schema; null for any (then `features` must be false). */
  readonly featureSchema: string | null;
  /** createdAt in [from, to); null is open. */
  readonly from: number | null;
  readonly to: number | null;
  /** Only rows answered by this meta-model version. */
  readonly metaVersion?: number;
  /** At most the newest so many rows (they still come oldest first). */
  readonly newest: number;
  /** Whether the feature vectors are read. */
  readonly features: boolean;
}

/** Labelled rows in order of `createdAt`, then id, then row. Every array has `count` elements. */
export interface LabelledBatch {
  readonly count: number;
  readonly createdAt: Float64Array;
  /** `count` x width, or empty when not asked for. */
  readonly features: Float32Array;
  readonly failures: Uint8Array;
  readonly labels: readonly (string | null)[];
  readonly classes: Int32Array;
  /** The true label, or null when only `correct` is known (or a regression value). */
  readonly truths: readonly (string | null)[];
  /** Of a regression: (ground truth - prediction) by the tolerance, infinite where that is 0; NaN where no value is known. */
  readonly errors: Float32Array;
  readonly coldStartProbabilities: Float64Array;
  readonly failureProbabilities: Float64Array;
  /** 1 = review, 0 = accept, as answered. */
  readonly reviews: Uint8Array;
  readonly metaVersions: Int32Array;
  readonly audits: Uint8Array;
  /** Law 14. */
  readonly choices: Uint16Array;
}

/** Rows of one model by when they were made. */
export interface RowRange {
  readonly model: string;
  /** Null: every version. */
  readonly version: number | null;
  /** createdAt in [from, to), milliseconds; null is open. */
  readonly from: number | null;
  readonly to: number | null;
}

export interface ScanQuery extends RowRange {
  /** True: only rows with a ground truth; false: only rows without; null: all. */
  readonly labelled: boolean | null;
  /** Whether the feature vectors are read. */
  readonly features: boolean;
  /** Whether the raw inputs are read, which may be most of what the ledger holds. */
  readonly inputs: boolean;
}

/** Rows of the ledger as columns; every array has `count` elements. */
export interface ScanBatch extends AnsweredColumns {
  readonly count: number;
  /** Distinct keys of these rows; `keyOf[i]` is the index of a row's key. */
  readonly keys: readonly ModelKey[];
  readonly keyOf: Int32Array;
  /** Law 14. */
  readonly choices: Uint16Array;
  /** 1 failure, 0 success, -1 no ground truth. */
  readonly failures: Int8Array;
  /** The ground truth that counts; null where there is none. */
  readonly truths: readonly (Pick<GroundTruthItem, 'kind' | 'value' | 'observedAt'> | null)[];
  /** Digest of the feature schema; empty where the row has no features. */
  readonly featureSchemas: readonly string[];
  /** The feature vector; null where it has none or none was asked for. */
  readonly features: readonly (Float32Array | null)[];
  /** The raw inputs as JSON text; null where none are kept or none were asked for. */
  readonly inputs: readonly (string | null)[];
}

/**
 * Counts of one model. `duplicates` are records beyond the first of each distinct value of a row, `conflicts` are
 * distinct values beyond the first of a row; so counted, they do not depend on the order of arrival.
 */
export interface LedgerCounts {
  readonly predictions: number;
  readonly labelled: number;
  readonly failures: number;
  readonly pending: number;
  readonly expired: number;
  readonly duplicates: number;
  readonly conflicts: number;
  /** Sum of the failure probabilities over the rows that have one, and how many those are. */
  readonly expectedFailures: number;
  readonly scored: number;
  /** The same over the labelled rows alone, which `failures` can be set against. */
  readonly labelledExpectedFailures: number;
  readonly labelledScored: number;
}

export interface Retention {
  readonly model: string;
  /** Rows created before are deleted, with their ground truths. */
  readonly rowsBefore: number;
  /** At most so many of the newest rows are kept. */
  readonly maxRows: number;
  /** Raw inputs of rows created before are deleted. */
  readonly inputsBefore: number;
}

/**
 * The log of predictions joined with their ground truths. Laws (the contract suite bears the numbers):
 * 1. when `append` or `record` has resolved, what it was given survives SIGKILL of the process and of the machine's power;
 * 2. `append` of a key (id, row) that is there already changes nothing (a retried write is safe);
 * 3. ground truths join their prediction whichever comes first; those that come first are `pending` until then;
 * 4. the ground truth that counts is the one of largest (observedAt, `kind:value` compared as text), whatever the order of arrival;
 * 5. a ground truth equal (kind and value) to the one that counts is a `duplicate`, any other on a labelled row a `conflict`, and both
 *    are kept in the history; a pending row's further ground truths are `pending`;
 * 6. the failure of a row follows from the ground truth that counts: label: text differs from the predicted label;
 *    value: |difference| > tolerance; correct: `false`;
 * 7. a row that is not in its prediction is `invalid` with `row_out_of_range`; an omitted row means row 0 when the prediction has
 *    one row, else it is `invalid` with `row_required`; those pending without a row are judged by the same rule when the
 *    prediction arrives (and dropped, counted in `expired`, when invalid); a kind that does not fit the row's task (label for a
 *    classification or binary, value for a regression, correct for any) is `invalid` with `wrong_kind`;
 * 8. `labelSequence` never decreases and grows by one for every row that gets its first ground truth;
 * 9. `expirePending` removes pending ground truths received before a time and counts them in `expired` for good;
 * 10. `prune` keeps the newest rows; counts of what is left are exact; callers' ids go with their rows;
 * 11. a ground truth may name a caller's own id: it joins the prediction (or the one row) that the id stands for by laws 3 to 7, as if it
 *     had named that; where the id stands for one row, an omitted row means that row, as does 0, and any other is `row_out_of_range`;
 *     an id that stands for more than one is `invalid` with `ambiguous_id`; those pending when an id is first seen join then, and a
 *     second use changes nothing for what was joined before;
 * 12. `scan` gives every row that is there from its beginning to its end exactly once, in order of `createdAt`, then id, then row;
 * 13. the changes of a write count every row that it labels or corrects, of all rows, of those with a failure probability and of those
 *     accepted; over all writes, they add up to what a recount of the ledger gives; a write that is rejected though a part of it is known
 *     to be durable and changed something rejects with `PartlyWritten` (a `record` of which a part is known to be durable: `PartlyRecorded`),
 *     which has the changes of that part; an `append` that was rejected, given again with the same batch (the very object, within an hour),
 *     has the changes that were not told;
 * 14. the probability with which a row was chosen to be labelled is what the ground truth that counts says; where it says none, or there is
 *     none, what came with the row.
 * A batch of very many rows may be written in pieces, in the order of its rows: before `append` has resolved, other calls may find the first
 * of them, and what is missing is as of a prediction that has not come. It also stays so where the process ends in between.
 * A store that cannot be used now (a full disk, a server that does not answer) rejects with LEDGER_UNAVAILABLE; a full disk leaves what
 * was there readable. What became of a write that was rejected so is not known; given again, it takes effect once.
 */
export interface Ledger {
  append(batch: PredictionBatch): Promise<readonly LabelChange[]>;
  record(items: readonly GroundTruthItem[]): Promise<GroundTruthReply>;
  /** All rows of a prediction in order; empty when unknown. */
  prediction(id: string): Promise<readonly PredictionRecord[]>;
  labelled(query: LabelledQuery): AsyncIterable<LabelledBatch>;
  scan(query: ScanQuery): AsyncIterable<ScanBatch>;
  counts(query: RowRange): Promise<LedgerCounts>;
  /** How many rows of the key ever got a ground truth. */
  labelSequence(key: ModelKey): Promise<number>;
  /** Pending ground truths of ids that begin with `<tag>_` and were received before `receivedBefore`; returns how many were removed. */
  expirePending(tag: string, receivedBefore: number): Promise<number>;
  prune(retention: Retention): Promise<{ readonly rows: number; readonly inputs: number }>;
  close(): Promise<void>;
}
