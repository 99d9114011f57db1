import { MetaErrError } from '../core/errors.js';
import type { ModelKey } from '../ledger/ledger.js';
import type { Database } from '../ledger/sqlite/database.js';
import type { EvaluationSummary } from './evaluation/summary.js';
import type { MetaModelRecord, MetaModelState, MetaModelTraining, NewMetaModel } from './registry.js';

const COLUMNS = 'model, version, base_version, digest, state, created_at, promoted_at, reason, metrics, training, feature_schema';

type Row = readonly [
  model: string,
  version: number,
  baseVersion: number,
  digest: string,
  state: string,
  createdAt: number,
  promotedAt: number | null,
  reason: string,
  metrics: string | null,
  training: string,
  featureSchema: string,
];

/** The meta-model registry over one connection, synchronous, without its listeners; every method is one transaction or read. */
export function createMetaRegistryCore(db: Database) {
  const sql = statements(db);
  const one = (row: Row | undefined): MetaModelRecord | null => (row === undefined ? null : recordOf(row));
  const champion = (key: ModelKey): MetaModelRecord | null => one(sql.champion.get(key.model, key.version, key.digest));

  const remove = (model: string, versions: readonly number[]): number => {
    for (const version of versions) {
      sql.removeBytes.run(model, version);
      sql.remove.run(model, version);
    }
    return versions.length;
  };

  return {
    add(model: NewMetaModel): number {
      const { key, createdAt, reason, metrics, training, featureSchema, onnx } = model;
      return db.transaction(() => {
        const version = sql.nextVersion.get(key.model)?.[0] ?? 1;
        sql.add.run(
          key.model, version, key.version, key.digest, createdAt, reason,
          metrics === null ? null : JSON.stringify(metrics), JSON.stringify(training), featureSchema,
        );
        sql.addBytes.run(key.model, version, onnx);
        return version;
      });
    },
    list(model: string): readonly MetaModelRecord[] {
      return sql.list.all(model).map(recordOf);
    },
    get(model: string, version: number): MetaModelRecord | null {
      return one(sql.get.get(model, version));
    },
    bytes(model: string, version: number): Uint8Array | null {
      const onnx = sql.bytes.get(model, version)?.[0];
      // A copy: the driver's memory may not be handed to another thread.
      return onnx === undefined ? null : new Uint8Array(onnx);
    },
    champion,
    /** Throws META_MODEL_NOT_FOUND when the key has no such version. */
    promote(key: ModelKey, version: number, expectedChampion: number | null, at: number): boolean {
      return db.transaction(() => {
        if ((champion(key)?.version ?? null) !== expectedChampion) return false;
        // First out, then in: the unique index allows one champion.
        sql.retire.run(key.model, key.version, key.digest);
        const promoted = sql.promote.run(at, key.model, version, key.version, key.digest).changes;
        if (promoted === 1) return true;
        throw new MetaErrError('META_MODEL_NOT_FOUND', `model ${key.model} has no meta-model ${version} for base version ${key.version}`);
      });
    },
    prune(key: ModelKey, keep: number): number {
      return db.transaction(() => {
        const versions = sql.prunable.all(key.model, key.version, key.digest, keep).map(([version]) => version);
        return remove(key.model, versions);
      });
    },
    forget(key: ModelKey): number {
      return db.transaction(() => remove(key.model, sql.ofKey.all(key.model, key.version, key.digest).map(([version]) => version)));
    },
  };
}

export type MetaRegistryCore = ReturnType<typeof createMetaRegistryCore>;

function statements(db: Database) {
  const ofKey = 'model = ? AND base_version = ? AND digest = ?';
  return {
    nextVersion: db.prepare<[number]>(`INSERT INTO meta_model_sequence (model, last) VALUES (?, 1)
      ON CONFLICT (model) DO UPDATE SET last = last + 1 RETURNING last`),
    add: db.prepare(`INSERT INTO meta_model (model, version, base_version, digest, state, created_at, promoted_at, reason, metrics, training,
      feature_schema) VALUES (?, ?, ?, ?, 'candidate', ?, NULL, ?, ?, ?, ?)`),
    addBytes: db.prepare('INSERT INTO meta_model_bytes (model, version, onnx) VALUES (?, ?, ?)'),
    list: db.prepare<Row>(`SELECT ${COLUMNS} FROM meta_model WHERE model = ? ORDER BY version DESC`),
    get: db.prepare<Row>(`SELECT ${COLUMNS} FROM meta_model WHERE model = ? AND version = ?`),
    bytes: db.prepare<[Uint8Array]>('SELECT onnx FROM meta_model_bytes WHERE model = ? AND version = ?'),
    champion: db.prepare<Row>(`SELECT ${COLUMNS} FROM meta_model WHERE ${ofKey} AND state = 'champion'`),
    retire: db.prepare(`UPDATE meta_model SET state = 'retired' WHERE ${ofKey} AND state = 'champion'`),
    promote: db.prepare(`UPDATE meta_model SET state = 'champion', promoted_at = ? WHERE model = ? AND version = ? AND base_version = ? AND digest = ?`),
    prunable: db.prepare<[number]>(`SELECT version FROM meta_model WHERE ${ofKey} AND state <> 'champion'
      AND version NOT IN (SELECT version FROM meta_model AS newest WHERE newest.model = meta_model.model
        AND newest.base_version = meta_model.base_version AND newest.digest = meta_model.digest ORDER BY version DESC LIMIT ?)`),
    ofKey: db.prepare<[number]>(`SELECT version FROM meta_model WHERE ${ofKey}`),
    removeBytes: db.prepare('DELETE FROM meta_model_bytes WHERE model = ? AND version = ?'),
    remove: db.prepare('DELETE FROM meta_model WHERE model = ? AND version = ?'),
  };
}

/** The JSON texts were written by this adapter only, so they are what the types say. */
function recordOf([model, version, baseVersion, digest, state, createdAt, promotedAt, reason, metrics, training, featureSchema]: Row): MetaModelRecord {
  return {
    key: { model, version: baseVersion, digest },
    version,
    state: state as MetaModelState,
    createdAt,
    promotedAt,
    reason,
    metrics: metrics === null ? null : (JSON.parse(metrics) as EvaluationSummary),
    training: JSON.parse(training) as MetaModelTraining,
    featureSchema,
  };
}
