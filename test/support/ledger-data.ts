import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { callerKey, modelTag, predictionIdFactory } from '../../src/core/ids.js';
import type { CallerReference, GroundTruthItem, ModelKey, PredictionBatch, Task } from '../../src/ledger/ledger.js';

/** The entry of the SQLite thread in this build. */
export const SQLITE_THREAD = new URL('../../src/entries/sqlite-thread.js', import.meta.url);

export const WIDTH = 3;

const nextId = predictionIdFactory();
let models = 0;

/** A key of a model that no other test uses. */
export function freshKey(overrides: Partial<ModelKey> = {}): ModelKey {
  models += 1;
  return { model: `model-${models}`, version: 1, digest: 'a'.repeat(64), ...overrides };
}

export function newId(model: string, now = 1_700_000_000_000): string {
  return nextId(modelTag(model), now);
}

/** A caller's own id as the ledger takes it. */
export function keyOf(model: string, callerId: string): string {
  return callerKey(modelTag(model), callerId);
}

/** One reply of a batch; what is not named has a plain default. */
export interface ReplySpec {
  readonly id: string;
  readonly rows?: number;
  readonly createdAt?: number;
  readonly label?: string | null;
  readonly value?: number;
  readonly tolerance?: number;
  readonly failureProbability?: number;
  readonly metaVersion?: number;
  /** Default: true. */
  readonly review?: boolean;
  readonly input?: string | null;
  readonly audit?: boolean;
  /** Code; default: not known. */
  readonly choice?: number;
  /** A caller's own id of the reply. */
  readonly caller?: string;
  /** Callers' own ids of its rows; null for a row without one. */
  readonly rowCallers?: readonly (string | null)[];
}

export interface BatchSpec {
  readonly key: ModelKey;
  readonly task?: Task;
  readonly featureSchema?: string;
  readonly replies: readonly ReplySpec[];
}

/** A batch of replies. The feature vector of a row is [createdAt, row, class]. */
export function batchOf({ key, task = 'classification', featureSchema = 'schema', replies }: BatchSpec): PredictionBatch {
  const rows = replies.flatMap((reply) => Array.from({ length: reply.rows ?? 1 }, (_, row) => ({ reply, row })));
  const floats = (of: (reply: ReplySpec) => number) => Float64Array.from(rows, ({ reply }) => of(reply));
  return {
    key,
    task,
    featureSchema,
    featureWidth: WIDTH,
    ids: rows.map(({ reply }) => reply.id),
    rows: Int32Array.from(rows, ({ row }) => row),
    createdAt: floats((r) => r.createdAt ?? 1_000),
    features: Float32Array.from(rows.flatMap(({ reply, row }) => [reply.createdAt ?? 1_000, row, 9])),
    labels: rows.map(({ reply }) => (reply.label === undefined ? '9' : reply.label)),
    classes: new Int32Array(rows.length).fill(9),
    values: floats((r) => r.value ?? NaN),
    tolerances: floats((r) => r.tolerance ?? NaN),
    confidences: floats(() => 0.75),
    coldStartProbabilities: floats(() => 0.25),
    failureProbabilities: floats((r) => r.failureProbability ?? 0.5),
    reviews: Uint8Array.from(rows, ({ reply }) => (reply.review === false ? 0 : 1)),
    metaVersions: Int32Array.from(rows, ({ reply }) => reply.metaVersion ?? 0),
    statuses: new Uint8Array(rows.length).fill(1),
    audits: Uint8Array.from(rows, ({ reply }) => (reply.audit === true ? 1 : 0)),
    choices: Uint16Array.from(rows, ({ reply }) => reply.choice ?? 0),
    inputs: rows.map(({ reply }) => reply.input ?? null),
    callers: replies.flatMap((reply) => referencesOf(key.model, reply)),
  };
}

/** What the callers' own ids of a reply stand for. */
export function referencesOf(model: string, { id, caller, rowCallers = [] }: Pick<ReplySpec, 'id' | 'caller' | 'rowCallers'>): CallerReference[] {
  const whole = caller === undefined ? [] : [{ key: keyOf(model, caller), predictionId: id, row: null }];
  return [...whole, ...rowCallers.flatMap((name, row) => (name === null ? [] : [{ key: keyOf(model, name), predictionId: id, row }]))];
}

export function labelItem(id: string, value: string, overrides: Partial<GroundTruthItem> = {}): GroundTruthItem {
  return { id, row: null, kind: 'label', value, observedAt: 10, receivedAt: 10, source: null, choice: 0, ...overrides };
}

/** A folder that is deleted after the test. */
export function temporaryFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-ledger-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}
