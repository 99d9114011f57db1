import type { ModelKey } from '../ledger.js';
import type { RedisClient } from './client.js';
import { modelKeyOf, modelKeyText } from './layout.js';
import { ledgerScript } from './ledger-script.js';
import { bytesOf, listOf } from './script-reply.js';

export interface FeatureSchema {
  readonly digest: string;
  readonly width: number;
}

/** A look at what the small numbers of a tag stand for; a number never changes what it stands for, but new ones come. */
export interface NumberTable {
  model(name: string): number | null;
  key(of: ModelKey): number | null;
  schema(digest: string): number | null;
  /** The keys of a model, or those of one version. */
  keysOf(model: number, version: number | null): readonly number[];
  /** What a number stands for; null for one that is newer than the table. */
  keyNamed(k: number): ModelKey | null;
  schemaNamed(f: number): FeatureSchema | null;
}

const ALL = `return redis.call('HGETALL', KEYS[1])`;

/** Reads the whole table: a few fields for each version of a base model. */
export function createNumberReader(client: RedisClient): (base: string) => Promise<NumberTable> {
  const all = ledgerScript(client, ALL);
  return async (base) => {
    const flat = listOf(await all([`${base}numbers`], [])).map((text) => bytesOf(text).toString());
    const fields = new Map<string, string>();
    for (let i = 0; i < flat.length; i += 2) fields.set(flat[i] ?? '', flat[i + 1] ?? '');
    return tableOf(fields);
  };
}

/** The field under which the number of a key stands. */
export function keyField(key: ModelKey): string {
  return `k:${modelKeyText(key)}`;
}

function tableOf(fields: ReadonlyMap<string, string>): NumberTable {
  const numberOf = (field: string) => {
    const text = fields.get(field);
    return text === undefined ? null : Number(text);
  };
  return {
    model: (name) => numberOf(`m:${name}`),
    key: (of) => numberOf(keyField(of)),
    schema: (digest) => numberOf(`f:${digest}`),
    keysOf: (model, version) =>
      [...fields].flatMap(([field, text]) => (field.startsWith('K:') && isOf(parseKey(text), model, version) ? [Number(field.slice(2))] : [])),
    keyNamed: (k) => {
      const text = fields.get(`K:${k}`);
      return text === undefined ? null : parseKey(text).key;
    },
    schemaNamed: (f) => {
      const text = fields.get(`F:${f}`);
      return text === undefined ? null : { width: Number.parseInt(text, 10), digest: text.slice(text.indexOf(':') + 1) };
    },
  };
}

interface NumberedKey {
  readonly m: number;
  readonly key: ModelKey;
}

/** `<m>:<JSON [model, version, digest]>` */
function parseKey(text: string): NumberedKey {
  return { m: Number.parseInt(text, 10), key: modelKeyOf(text.slice(text.indexOf(':') + 1)) };
}

function isOf({ m, key }: NumberedKey, model: number, version: number | null): boolean {
  return m === model && (version === null || version === key.version);
}
