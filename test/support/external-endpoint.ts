import type { Test } from 'tap';
import { createRandom } from '../../src/meta/training/random.js';
import { startApp, type TestApp, type TestAppOptions } from './http-app.js';
import { linearWeights } from './http-models.js';

const WIDTH = 4;
const CLASSES = 3;
const WEIGHTS = linearWeights(WIDTH, CLASSES, 1);

export interface Answers {
  readonly instances: readonly (readonly number[])[];
  readonly outputs: { readonly probabilities: readonly (readonly number[])[] };
}

/** Stands for a server of another kind: a linear classifier of 4 numbers and 3 classes that does not run in the service. */
export function answersOf(instances: readonly (readonly number[])[]): Answers {
  const probabilities = instances.map((row) => {
    const weights = Array.from({ length: CLASSES }, (_, label) => Math.exp(row.reduce((sum, x, i) => sum + x * (WEIGHTS[i * CLASSES + label] ?? 0), 0)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  });
  return { instances, outputs: { probabilities } };
}

/** Rows of 4 normal numbers, the same for the same seed. */
export function normalRows(seed: number): (rows: number) => number[][] {
  const random = createRandom(seed);
  return (rows) => Array.from({ length: rows }, () => Array.from({ length: WIDTH }, () => random.normal()));
}

export interface Scored {
  readonly model: string;
  readonly version: string;
  readonly prediction_id: string;
  readonly meta_version: number;
  readonly metaerr_status: string;
  readonly predictions: readonly {
    readonly row: number;
    readonly label?: string;
    readonly confidence?: number;
    readonly value?: number;
    readonly failure_probability: number | null;
    readonly decision: string;
    readonly outputs?: Readonly<Record<string, unknown>>;
  }[];
}

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly field?: string };
}

/** The service on a port of its own, spoken to over TCP. */
export interface Door {
  readonly app: TestApp;
  post<T>(path: string, body: unknown): Promise<T>;
  get<T>(path: string): Promise<T>;
  /** A request that is refused: its status and error. */
  refused(path: string, body: unknown): Promise<{ status: number } & ErrorBody['error']>;
}

async function bodyOf<T>(reply: Response): Promise<T> {
  const body = (await reply.json()) as T;
  if (!reply.ok) throw new Error(`${reply.url} answered ${reply.status}: ${JSON.stringify(body)}`);
  return body;
}

export async function openDoor(t: Test, options: TestAppOptions): Promise<Door> {
  const app = await startApp(t, options);
  const url = await app.app.listen({ port: 0, host: '127.0.0.1' });
  const send = (path: string, body: unknown) =>
    fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return {
    app,
    post: async (path, body) => bodyOf(await send(path, body)),
    get: async (path) => bodyOf(await fetch(url + path)),
    refused: async (path, body) => {
      const reply = await send(path, body);
      return { status: reply.status, ...((await reply.json()) as ErrorBody).error };
    },
  };
}

/** Trains on what is labelled and returns the version of the champion; 0 when there is none. */
export async function retrain({ app, post }: Door, model: string): Promise<number> {
  const job = await post<{ id: string }>(`/v1/models/${model}/retrain`, {});
  const ended = await app.system.queue.ended(job.id);
  if (ended.state !== 'completed') throw new Error(`the training ended as ${ended.state}`);
  return app.system.catalogue.loaded(model).meta?.version ?? 0;
}

/** Three probabilities a row, and a text that no task reads. */
export const SCORES =
  'source: external\noutputs: [{ name: probabilities, shape: [-1, 3] }, { name: trace, shape: [-1], datatype: BYTES }]\nscores: probabilities\n';
export const INPUTS = 'inputs: [{ name: X, shape: [-1, 4] }]\n';
export const BY_HAND = 'retraining: { automatic: false }\n';
export const BLOCK = 100;

export type Truth = (row: readonly number[], predicted: string) => string;

const next = (label: string) => String((Number(label) + 1) % 3);
/** The model is wrong where the first number is large, which its outputs do not show. */
export const byInput: Truth = (row, predicted) => ((row[0] ?? 0) > 0.9 ? next(predicted) : predicted);
/** The model is wrong wherever it answers class 1. */
export const byOutput: Truth = (_row, predicted) => (predicted === '1' ? next(predicted) : predicted);

/** Scores blocks of rows and delivers their ground truths: even blocks by prediction id, odd ones by the caller's own ids. */
export async function stream(door: Door, model: string, blocks: number, seed: number, truth: Truth): Promise<{ failures: number; replies: Scored[] }> {
  const rows = normalRows(seed);
  const replies: Scored[] = [];
  let failures = 0;
  for (let block = 0; block < blocks; block++) {
    const { instances, outputs } = answersOf(rows(BLOCK));
    const ids = instances.map((_, row) => `${seed}-${block}-${row}`);
    const reply = await door.post<Scored>(`/v1/models/${model}/score`, { instances, outputs, ids });
    const items = reply.predictions.map(({ label = '' }, row) => ({
      ...(block % 2 === 0 ? { prediction_id: reply.prediction_id, row } : { model, id: ids[row] }),
      label: truth(instances[row] ?? [], label),
    }));
    failures += items.filter(({ label }, row) => label !== reply.predictions[row]?.label).length;
    const { counts } = await door.post<{ counts: Record<string, number> }>('/v1/ground-truth', { items });
    if (counts['matched'] !== BLOCK) throw new Error(`ground truths: ${JSON.stringify(counts)}`);
    replies.push(reply);
  }
  return { failures, replies };
}
