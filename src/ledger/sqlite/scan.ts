import { KINDS, nameOf } from '../codes.js';
import { STATUSES, type ModelKey, type ScanBatch, type ScanQuery } from '../ledger.js';
import { orNaN } from './codes.js';
import type { Database, SqlValue } from './database.js';
import type { Keys } from './keys.js';
import type { RowPlace } from './row-place.js';

/** Some of the rows that a query selects, and where to go on; null at the end. */
export interface ScanPage {
  readonly batch: ScanBatch;
  readonly next: RowPlace | null;
}

/** Where a page begins and ends. */
export interface ScanBounds {
  /** Null: at the beginning. */
  readonly after: RowPlace | null;
  /** The last row that is read. */
  readonly upTo: RowPlace;
  /** Rows looked at, whether or not the query wants them. */
  readonly rows: number;
  /** The page ends with the row that brings its feature vectors and raw inputs to so many bytes. */
  readonly bytes: number;
}

const ROW = `seq, key_id, schema_id, created_at, id, row, label, value, confidence, failure_probability, review, meta_version, status, failure,
  truth_kind, truth_value, truth_observed_at, audit, CASE WHEN truth_choice > 0 THEN truth_choice ELSE choice END`;

type Row = readonly [
  seq: number,
  keyId: number,
  schemaId: number,
  createdAt: number,
  id: string,
  row: number,
  label: string | null,
  value: number | null,
  confidence: number | null,
  failureProbability: number | null,
  review: number,
  metaVersion: number,
  status: number,
  failure: number | null,
  truthKind: number | null,
  truthValue: string | null,
  truthObservedAt: number | null,
  audit: number,
  choice: number,
];

interface FoundRow {
  readonly row: Row;
  readonly vector: Uint8Array | null;
  readonly json: string | null;
}

/** `scan` of the ledger in pages of bounded cost: narrow rows in the order of the index, then the wide parts of those that are wanted. */
export function createScanner(db: Database, keys: Keys) {
  const vectorOf = db.prepare<[Uint8Array]>('SELECT vector FROM features WHERE seq = ?');
  const inputsOf = db.prepare<[string]>('SELECT json FROM inputs WHERE seq = ?');

  const rowsOf = (query: ScanQuery, modelId: number, { after, upTo, rows }: ScanBounds): Row[] => {
    const { sql, values } = rangeOf(query, modelId, after);
    return db
      .prepare<Row>(`SELECT ${ROW} FROM prediction INDEXED BY prediction_by_time WHERE ${sql} AND (created_at, id, row) <= (?, ?, ?)
        ORDER BY created_at, id, row LIMIT ?`)
      .all(...values, upTo.createdAt, upTo.id, upTo.row, rows);
  };

  return {
    /** The last row of the query's time; null when there is none. */
    newest(query: ScanQuery): RowPlace | null {
      const modelId = keys.modelId(query.model);
      if (modelId === null) return null;
      const { sql, values } = rangeOf(query, modelId, null);
      const last = db
        .prepare<[number, string, number]>(`SELECT created_at, id, row FROM prediction INDEXED BY prediction_by_time WHERE ${sql}
          ORDER BY created_at DESC, id DESC, row DESC LIMIT 1`)
        .get(...values);
      return last === undefined ? null : { createdAt: last[0], id: last[1], row: last[2] };
    },

    page(query: ScanQuery, bounds: ScanBounds): ScanPage {
      const modelId = keys.modelId(query.model);
      const rows = modelId === null ? [] : rowsOf(query, modelId, bounds);
      const wanted = selector(query, keys);
      const found: FoundRow[] = [];
      let bytes = 0;
      let last: Row | undefined;
      for (last of rows) {
        if (!wanted(last)) continue;
        const vector = query.features ? (vectorOf.get(last[0])?.[0] ?? null) : null;
        const json = query.inputs ? (inputsOf.get(last[0])?.[0] ?? null) : null;
        found.push({ row: last, vector, json });
        bytes += (vector?.byteLength ?? 0) + (json?.length ?? 0);
        if (bytes >= bounds.bytes) break;
      }
      const ended = rows.length < bounds.rows && last === rows.at(-1);
      return { batch: columns(found, keys), next: ended || last === undefined ? null : { createdAt: last[3], id: last[4], row: last[5] } };
    },
  };
}

function rangeOf({ from, to }: ScanQuery, modelId: number, after: RowPlace | null): { readonly sql: string; readonly values: readonly SqlValue[] } {
  const terms = ['model_id = ?'];
  const values: SqlValue[] = [modelId];
  const add = (term: string, ...of: readonly SqlValue[]): void => {
    terms.push(term);
    values.push(...of);
  };
  if (after !== null) add('(created_at, id, row) > (?, ?, ?)', after.createdAt, after.id, after.row);
  else if (from !== null) add('created_at >= ?', from);
  if (to !== null) add('created_at < ?', to);
  return { sql: terms.join(' AND '), values };
}

/** Whether a row is one that the query selects: decided here and not in the WHERE, where a page without such rows would be a long one. */
function selector({ version, labelled }: ScanQuery, keys: Keys): (row: Row) => boolean {
  const versions = new Map<number, number>();
  const versionOf = (keyId: number): number => {
    let found = versions.get(keyId);
    if (found === undefined) versions.set(keyId, (found = keys.keyOf(keyId).version));
    return found;
  };
  return ([, keyId, , , , , , , , , , , , failure]) =>
    (labelled === null || labelled === (failure !== null)) && (version === null || version === versionOf(keyId));
}

function columns(found: readonly FoundRow[], keys: Keys): ScanBatch {
  const rows = found.map(({ row }) => row);
  const keyIndex = numbered(rows.map((row) => row[1]));
  const schemas = new Map([...new Set(rows.map((row) => row[2]))].map((schemaId) => [schemaId, keys.schemaDigest(schemaId)]));
  return {
    count: rows.length,
    keys: [...keyIndex.keys()].map((keyId): ModelKey => keys.keyOf(keyId)),
    keyOf: Int32Array.from(rows, (row) => keyIndex.get(row[1]) ?? -1),
    ids: rows.map((row) => row[4]),
    rows: Int32Array.from(rows, (row) => row[5]),
    createdAt: Float64Array.from(rows, (row) => row[3]),
    labels: rows.map((row) => row[6]),
    values: Float64Array.from(rows, (row) => orNaN(row[7])),
    confidences: Float64Array.from(rows, (row) => orNaN(row[8])),
    failureProbabilities: Float64Array.from(rows, (row) => orNaN(row[9])),
    reviews: Uint8Array.from(rows, (row) => row[10]),
    metaVersions: Int32Array.from(rows, (row) => row[11]),
    statuses: Uint8Array.from(rows, (row) => STATUSES.indexOf(nameOf(STATUSES, row[12]))),
    audits: Uint8Array.from(rows, (row) => row[17]),
    choices: Uint16Array.from(rows, (row) => row[18]),
    failures: Int8Array.from(rows, (row) => row[13] ?? -1),
    truths: rows.map(truthOf),
    featureSchemas: rows.map((row) => schemas.get(row[2]) ?? ''),
    features: vectors(found),
    inputs: found.map(({ json }) => json),
  };
}

/** Distinct values by the place of their first appearance. */
function numbered(values: readonly number[]): Map<number, number> {
  return new Map([...new Set(values)].map((value, index) => [value, index]));
}

function truthOf([, , , , , , , , , , , , , , kind, value, observedAt]: Row): ScanBatch['truths'][number] {
  return kind === null || value === null || observedAt === null ? null : { kind: nameOf(KINDS, kind), value, observedAt };
}

/** Views of one buffer, which crosses threads in one piece. */
function vectors(found: readonly FoundRow[]): (Float32Array | null)[] {
  const bytes = new Uint8Array(found.reduce((sum, { vector }) => sum + (vector?.byteLength ?? 0), 0));
  let offset = 0;
  return found.map(({ vector }) => {
    if (vector === null) return null;
    bytes.set(vector, offset);
    const view = new Float32Array(bytes.buffer, offset, vector.byteLength / Float32Array.BYTES_PER_ELEMENT);
    offset += vector.byteLength;
    return view;
  });
}
