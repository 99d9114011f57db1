import { MetaErrError } from '../core/errors.js';
import { modelTag } from '../core/ids.js';
import type { ModelKey } from '../ledger/ledger.js';
import type { RedisClient } from '../ledger/redis/client.js';
import { CHAMPION, FORGET, GET, LIST, PROMOTE, PRUNE, STORE } from './registry-redis-scripts.js';
import type { MetaModelRecord, NewMetaModel } from './registry.js';

/** How a promotion is made known in the moment in which it takes place. */
export interface Announcement {
  /** Names this call of `promote`; without blanks. */
  readonly nonce: string;
  readonly channel: string;
  readonly message: string;
}

/** What never changes of a record, as JSON in the store. */
type Stored = Omit<MetaModelRecord, 'version' | 'state' | 'promotedAt'>;

type Reply = readonly [version: Buffer, state: Buffer, record: Buffer, promotedAt: Buffer | null];

/** The meta-models in Redis, without the listeners; every method is one script or command, or does nothing that shows before its last one. */
export function createMetaModelStore(client: RedisClient) {
  const scripts = {
    store: client.script(STORE),
    get: client.script(GET),
    champion: client.script(CHAMPION),
    list: client.script(LIST),
    promote: client.script(PROMOTE),
    prune: client.script(PRUNE),
    forget: client.script(FORGET),
  };
  const base = (model: string) => client.keyBase(modelTag(model));
  const hash = (model: string) => `${base(model)}meta:${model}`;
  const bytes = (model: string, version: number) => `${base(model)}onnx:${version}:${model}`;

  return {
    /** First the version, then all of the rest at once: a version that got no further is never used, and does not show. */
    async add({ key, createdAt, reason, metrics, training, featureSchema, onnx }: NewMetaModel): Promise<number> {
      const stored: Stored = { key, createdAt, reason, metrics, training, featureSchema };
      const version = await client.commands.hincrby(hash(key.model), 'n', 1);
      const content = Buffer.from(onnx.buffer, onnx.byteOffset, onnx.byteLength);
      await scripts.store([hash(key.model), bytes(key.model, version)], [version, textOf(key), JSON.stringify(stored), content]);
      return version;
    },
    async list(model: string): Promise<readonly MetaModelRecord[]> {
      const replies = (await scripts.list([hash(model)], [])) as readonly Reply[];
      return replies.map(recordOf).sort((a, b) => b.version - a.version);
    },
    async get(model: string, version: number): Promise<MetaModelRecord | null> {
      return one(await scripts.get([hash(model)], [version]));
    },
    async champion(key: ModelKey): Promise<MetaModelRecord | null> {
      return one(await scripts.champion([hash(key.model)], [textOf(key)]));
    },
    async bytes(model: string, version: number): Promise<Uint8Array | null> {
      const onnx = await client.commands.getBuffer(bytes(model, version));
      // A copy: the connection's memory may not be handed to another thread.
      return onnx === null ? null : new Uint8Array(onnx);
    },
    /** Throws META_MODEL_NOT_FOUND when the key has no such version. */
    async promote(key: ModelKey, version: number, expectedChampion: number | null, at: number, { nonce, channel, message }: Announcement): Promise<boolean> {
      const outcome = await scripts.promote([hash(key.model)], [textOf(key), version, expectedChampion ?? '', at, nonce, channel, message]);
      if (outcome !== -1) return outcome === 1;
      throw new MetaErrError('META_MODEL_NOT_FOUND', `model ${key.model} has no meta-model ${version} for base version ${key.version}`);
    },
    async prune(key: ModelKey, keep: number): Promise<number> {
      return (await scripts.prune([hash(key.model)], [textOf(key), keep, `${base(key.model)}onnx:`, `:${key.model}`])) as number;
    },
    async forget(key: ModelKey): Promise<number> {
      return (await scripts.forget([hash(key.model)], [textOf(key), `${base(key.model)}onnx:`, `:${key.model}`])) as number;
    },
  };
}

function textOf({ version, digest }: ModelKey): string {
  return `${version}:${digest}`;
}

function one(reply: unknown): MetaModelRecord | null {
  return reply === null ? null : recordOf(reply as Reply);
}

/** The JSON text was written by this adapter only, so it is what the type says. */
function recordOf([version, state, record, promotedAt]: Reply): MetaModelRecord {
  const others = promotedAt === null ? 'candidate' : 'retired';
  return {
    ...(JSON.parse(record.toString()) as Stored),
    version: Number(version),
    state: state.toString() === 'champion' ? 'champion' : others,
    promotedAt: promotedAt === null ? null : Number(promotedAt),
  };
}
