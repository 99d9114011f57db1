import { KINDS, nameOf } from '../codes.js';
import type { LabelledBatch, LabelledQuery } from '../ledger.js';
import { errorOf } from '../outcome.js';
import { orNaN } from './codes.js';
import type { Database, SqlValue } from './database.js';
import type { Keys } from './keys.js';
import type { RowPlace } from './row-place.js';

/** Some of the rows that a query selects, newest first, and where to go on; null at the end. */
export interface LabelledSelection {
  readonly seqs: Float64Array;
  readonly next: RowPlace | null;
}

type Place = readonly [seq: number, createdAt: number, id: string, row: number];
type Row = readonly [
  createdAt: number,
  failure: number,
  label: string | null,
  predictedClass: number,
  truthKind: number,
  truthValue: string,
  coldStart: number | null,
  failureProbability: number | null,
  review: number,
  metaVersion: number,
  audit: number,
  choice: number,
  value: number | null,
  tolerance: number | null,
  vector: Uint8Array | null,
];

const LABEL = KINDS.indexOf('label');

/**
 * The two steps of `labelled`: which rows (from the index alone), and what they hold. A reader takes the first in pages from the newest
 * back, then the second in pages from the oldest on, so that the newest N come oldest first and no statement runs long.
 */
export function createLabelledReader(db: Database, keys: Keys) {
  const row = db.prepare<Row>(readSql(false));
  const rowWithVector = db.prepare<Row>(readSql(true));

  return {
    select(query: LabelledQuery, before: RowPlace | null, limit: number): LabelledSelection {
      const condition = conditionOf(query, before, keys);
      if (condition === null) return { seqs: new Float64Array(0), next: null };
      const places = db
        .prepare<Place>(`SELECT seq, created_at, id, row FROM prediction INDEXED BY prediction_labelled WHERE ${condition.sql}
          ORDER BY created_at DESC, id DESC, row DESC LIMIT ?`)
        .all(...condition.values, limit);
      const last = places.at(-1);
      const next = last === undefined || places.length < limit ? null : { createdAt: last[1], id: last[2], row: last[3] };
      return { seqs: Float64Array.from(places, ([seq]) => seq), next };
    },

    /** The rows of these numbers in their order; those that were pruned in between are left out. */
    read(query: LabelledQuery, seqs: Float64Array): LabelledBatch {
      const keyId = keys.find(query.key)?.keyId ?? -1;
      const statement = query.features ? rowWithVector : row;
      const rows: Row[] = [];
      for (const seq of seqs) {
        const found = statement.get(seq, keyId);
        if (found !== undefined) rows.push(found);
      }
      const width = query.features && query.featureSchema !== null ? (keys.schema(query.featureSchema)?.width ?? 0) : 0;
      return columns(rows, width);
    },
  };
}

function readSql(vector: boolean): string {
  return `SELECT p.created_at, p.failure, p.label, p.class, p.truth_kind, p.truth_value, p.cold_start, p.failure_probability, p.review, p.meta_version,
    p.audit, CASE WHEN p.truth_choice > 0 THEN p.truth_choice ELSE p.choice END, p.value, p.tolerance, ${vector ? 'f.vector' : 'NULL'} FROM prediction p ${vector ? 'LEFT JOIN features f USING (seq)' : ''}
    WHERE p.seq = ? AND p.key_id = ? AND p.failure IS NOT NULL`;
}

/** The WHERE of a query; null when it can select nothing. */
function conditionOf(query: LabelledQuery, before: RowPlace | null, keys: Keys): { readonly sql: string; readonly values: SqlValue[] } | null {
  if (query.features && query.featureSchema === null) throw new TypeError('featureSchema must be given when features are read');
  const numbers = keys.find(query.key);
  if (numbers === null) return null;
  const terms = ['key_id = ?', 'failure IS NOT NULL'];
  const values: SqlValue[] = [numbers.keyId];
  const add = (term: string, ...of: readonly SqlValue[]): void => {
    terms.push(term);
    values.push(...of);
  };
  if (query.featureSchema !== null) {
    const schema = keys.schema(query.featureSchema);
    if (schema === null) return null;
    add('schema_id = ?', schema.schemaId);
  }
  if (query.from !== null) add('created_at >= ?', query.from);
  if (query.to !== null) add('created_at < ?', query.to);
  if (query.metaVersion !== undefined) add('meta_version = ?', query.metaVersion);
  if (before !== null) add('(created_at, id, row) < (?, ?, ?)', before.createdAt, before.id, before.row);
  return { sql: terms.join(' AND '), values };
}

function columns(rows: readonly Row[], width: number): LabelledBatch {
  const features = new Float32Array(rows.length * width);
  const bytes = new Uint8Array(features.buffer);
  const vectorBytes = width * Float32Array.BYTES_PER_ELEMENT;
  for (const [i, [, , , , , , , , , , , , , , vector]] of rows.entries()) {
    if (vector !== null) bytes.set(vector, i * vectorBytes);
  }
  return {
    count: rows.length,
    createdAt: Float64Array.from(rows, (r) => r[0]),
    features,
    failures: Uint8Array.from(rows, (r) => r[1]),
    labels: rows.map((r) => r[2]),
    classes: Int32Array.from(rows, (r) => r[3]),
    truths: rows.map((r) => (r[4] === LABEL ? r[5] : null)),
    errors: Float32Array.from(rows, (r) => errorOf({ value: orNaN(r[12]), tolerance: orNaN(r[13]) }, { kind: nameOf(KINDS, r[4]), value: r[5] })),
    coldStartProbabilities: Float64Array.from(rows, (r) => orNaN(r[6])),
    failureProbabilities: Float64Array.from(rows, (r) => orNaN(r[7])),
    reviews: Uint8Array.from(rows, (r) => r[8]),
    metaVersions: Int32Array.from(rows, (r) => r[9]),
    audits: Uint8Array.from(rows, (r) => r[10]),
    choices: Uint16Array.from(rows, (r) => r[11]),
  };
}
