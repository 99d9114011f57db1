/**
 * Callers' own ids, and an order of rows that a reading can go on from at any place.
 *
 * `caller` has one row for each use of an id. It hangs on the row that the id names (`whole` 0), or on the last row of the reply that
 * it names (`whole` 1): the last is the one that pruning takes last. Two uses of one key make it ambiguous.
 * `prediction_by_time` now has all of the order (`created_at`, `id`, `row`): with `created_at` alone, the many rows of one moment had to
 * be sorted again for each page.
 */
export const SCHEMA_2 = `
CREATE TABLE caller (
  seq INTEGER NOT NULL,
  key TEXT NOT NULL,
  whole INTEGER NOT NULL,
  PRIMARY KEY (seq, key, whole)
) STRICT, WITHOUT ROWID;
CREATE INDEX caller_by_key ON caller (key);

DROP INDEX prediction_by_time;
CREATE INDEX prediction_by_time ON prediction (model_id, created_at, id, row);
`;
