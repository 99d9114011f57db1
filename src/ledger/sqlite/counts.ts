import type { LedgerCounts, RowRange } from '../ledger.js';
import type { Database, SqlValue } from './database.js';
import type { Keys } from './keys.js';
import type { RowPlace } from './row-place.js';

/** The counts that come from prediction rows. */
export type RowCounts = Omit<LedgerCounts, 'pending' | 'expired'>;

/** Counts of some rows, and where to go on; null at the end. */
export interface CountPage {
  readonly counts: RowCounts;
  readonly next: RowPlace | null;
}

type Sums = readonly [predictions: number, labelled: number, failures: number, duplicates: number, conflicts: number, expected: number, scored: number, labelledExpected: number, labelledScored: number];

const NOTHING: RowCounts = { predictions: 0, labelled: 0, failures: 0, duplicates: 0, conflicts: 0, expectedFailures: 0, scored: 0, labelledExpectedFailures: 0, labelledScored: 0 };

/** Counts page by page in order of time, so that no statement runs long; each row counts as it is when its page is read. */
export function createRowCounter(db: Database, keys: Keys) {
  return (query: RowRange, after: RowPlace | null, limit: number): CountPage => {
    const modelId = keys.modelId(query.model);
    if (modelId === null) return { counts: NOTHING, next: null };
    const where = conditionOf(query, modelId, after);
    // The end of the page is found in the index alone.
    const end = db
      .prepare<[number, string, number]>(`SELECT created_at, id, row FROM prediction INDEXED BY prediction_by_time WHERE ${where.sql}
        ORDER BY created_at, id, row LIMIT 1 OFFSET ?`)
      .get(...where.values, limit - 1);
    const until = end === undefined ? { sql: '', values: [] } : { sql: ' AND (created_at, id, row) <= (?, ?, ?)', values: end };
    const version = query.version === null ? { sql: '', values: [] } : {
      sql: ' AND key_id IN (SELECT key_id FROM model_key WHERE model_id = ? AND version = ?)', values: [modelId, query.version],
    };
    const sums = db
      .prepare<Sums>(`SELECT count(*), count(failure), coalesce(sum(failure), 0), coalesce(sum(records - distinct_values), 0),
        coalesce(sum(CASE WHEN distinct_values > 1 THEN distinct_values - 1 END), 0), coalesce(sum(failure_probability), 0),
        count(failure_probability), coalesce(sum(CASE WHEN failure IS NOT NULL THEN failure_probability END), 0),
        count(CASE WHEN failure IS NOT NULL THEN failure_probability END) FROM prediction INDEXED BY prediction_by_time WHERE ${where.sql}${until.sql}${version.sql}`)
      .get(...where.values, ...until.values, ...version.values);
    return {
      counts: sums === undefined ? NOTHING : countsOf(sums),
      next: end === undefined ? null : { createdAt: end[0], id: end[1], row: end[2] },
    };
  };
}

function countsOf([predictions, labelled, failures, duplicates, conflicts, expectedFailures, scored, labelledExpectedFailures, labelledScored]: Sums): RowCounts {
  return { predictions, labelled, failures, duplicates, conflicts, expectedFailures, scored, labelledExpectedFailures, labelledScored };
}

function conditionOf({ from, to }: RowRange, modelId: number, after: RowPlace | null): { readonly sql: string; readonly values: readonly SqlValue[] } {
  const terms = ['model_id = ?'];
  const values: SqlValue[] = [modelId];
  if (from !== null && after === null) {
    terms.push('created_at >= ?');
    values.push(from);
  }
  if (to !== null) {
    terms.push('created_at < ?');
    values.push(to);
  }
  if (after !== null) {
    terms.push('(created_at, id, row) > (?, ?, ?)');
    values.push(after.createdAt, after.id, after.row);
  }
  return { sql: terms.join(' AND '), values };
}
