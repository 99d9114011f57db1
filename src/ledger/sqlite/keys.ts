import type { ModelKey } from '../ledger.js';
import type { Database } from './database.js';

/** A model key as the tables number it. */
export interface KeyNumbers {
  readonly modelId: number;
  readonly keyId: number;
}

/** The tables that give models, keys and feature schemas their numbers. Nothing is cached: a number made in a transaction may be rolled back. */
export function createKeys(db: Database) {
  const model = db.prepare<[number]>('SELECT model_id FROM model WHERE name = ?');
  const addModel = db.prepare('INSERT INTO model (name) VALUES (?)');
  const key = db.prepare<[number]>('SELECT key_id FROM model_key WHERE model_id = ? AND version = ? AND digest = ?');
  const addKey = db.prepare('INSERT INTO model_key (model_id, version, digest) VALUES (?, ?, ?)');
  const named = db.prepare<[string, number, string]>('SELECT name, version, digest FROM model_key JOIN model USING (model_id) WHERE key_id = ?');
  const sequence = db.prepare<[number]>('SELECT label_sequence FROM model_key WHERE key_id = ?');
  const advance = db.prepare('UPDATE model_key SET label_sequence = label_sequence + ? WHERE key_id = ?');
  const schema = db.prepare<[number, number]>('SELECT schema_id, width FROM feature_schema WHERE digest = ?');
  const digest = db.prepare<[string]>('SELECT digest FROM feature_schema WHERE schema_id = ?');
  const addSchema = db.prepare('INSERT INTO feature_schema (digest, width) VALUES (?, ?)');

  return {
    modelId(name: string): number | null {
      return model.get(name)?.[0] ?? null;
    },
    find(of: ModelKey): KeyNumbers | null {
      const modelId = model.get(of.model)?.[0];
      const keyId = modelId === undefined ? undefined : key.get(modelId, of.version, of.digest)?.[0];
      return modelId === undefined || keyId === undefined ? null : { modelId, keyId };
    },
    ensure(of: ModelKey): KeyNumbers {
      const modelId = model.get(of.model)?.[0] ?? addModel.run(of.model).rowid;
      const keyId = key.get(modelId, of.version, of.digest)?.[0] ?? addKey.run(modelId, of.version, of.digest).rowid;
      return { modelId, keyId };
    },
    keyOf(keyId: number): ModelKey {
      const row = named.get(keyId);
      if (row === undefined) throw new RangeError(`the store has no model key ${keyId}`);
      return { model: row[0], version: row[1], digest: row[2] };
    },
    labelSequence(keyId: number): number {
      return sequence.get(keyId)?.[0] ?? 0;
    },
    advanceLabelSequence(keyId: number, by: number): void {
      advance.run(by, keyId);
    },
    schema(digest: string): { readonly schemaId: number; readonly width: number } | null {
      const row = schema.get(digest);
      return row === undefined ? null : { schemaId: row[0], width: row[1] };
    },
    schemaDigest(schemaId: number): string {
      const row = digest.get(schemaId);
      if (row === undefined) throw new RangeError(`the store has no feature schema ${schemaId}`);
      return row[0];
    },
    ensureSchema(digest: string, width: number): number {
      const row = schema.get(digest);
      if (row === undefined) return addSchema.run(digest, width).rowid;
      if (row[1] !== width) throw new RangeError(`featureWidth is ${width}, but the feature schema ${digest} has ${row[1]}`);
      return row[0];
    },
  };
}

export type Keys = ReturnType<typeof createKeys>;
