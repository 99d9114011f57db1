import { createRandom } from '../../src/meta/training/random.js';
import { linearClassifier } from './http-models.js';
import { within } from './within.js';

export interface PredictReply {
  readonly prediction_id: string;
  readonly meta_version: number;
  readonly metaerr_status: string;
  readonly predictions: readonly { readonly label: string; readonly failure_probability: number | null; readonly decision: string }[];
}
export interface JobReply {
  readonly id: string;
  readonly state: 'waiting' | 'active' | 'completed' | 'failed' | 'cancelled';
  readonly trigger: string;
  readonly progress: { readonly step: string } | null;
  readonly result: { readonly promoted: boolean; readonly meta_version: number; readonly reason: string } | null;
  readonly error: string | null;
  readonly request_id: string | null;
}
export interface MetaModelReply {
  readonly version: number;
  readonly state: 'candidate' | 'champion' | 'retired';
  readonly promoted_at: string | null;
  readonly training: { readonly rows: number; readonly failures: number; readonly from: string; readonly to: string };
}
export interface ReportReply {
  readonly rows: { readonly predictions: number; readonly labelled: number; readonly failures: number; readonly pending: number; readonly expired: number; readonly duplicates: number; readonly conflicts: number };
  readonly observed_failure_rate: number | null;
}
/** A reply, whatever its status. */
export interface Reply<T> {
  readonly status: number;
  readonly body: T;
  readonly retryAfter: string | null;
}

const WIDTH = 4;
const CLASSES = 3;
const TIMEOUT_MILLISECONDS = 15_000;
const PATIENCE_MILLISECONDS = 150_000;
/** Ample for what takes less than a second, and shorter than the 30 s after which a server finds by itself what it has not heard of. */
const SERVING_MILLISECONDS = 20_000;

/** A small model; `yaml` is its metaerr.yaml. */
export const learningModel = (yaml: string) => ({ onnx: linearClassifier(WIDTH, CLASSES), yaml });

/** Rows of inputs; the same for the same seed. */
export function someInputs(rows: number, seed: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: rows }, () => Array.from({ length: WIDTH }, () => random.normal()));
}

/** The base model is wrong wherever the first number is large: easy to learn, and not to be seen in its confidence. */
function truthOf(row: readonly number[], predicted: string): string {
  return (row[0] ?? 0) > 0.9 ? String((Number(predicted) + 1) % CLASSES) : predicted;
}

/** Sends a request; rejects when no reply comes. */
export async function ask<T>(url: string, options: { readonly method?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<Reply<T>> {
  const { method = 'GET', body, headers } = options;
  const reply = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: (await reply.json()) as T, retryAfter: reply.headers.get('retry-after') };
}

/** The body of a reply that must be a success. */
async function must<T>(reply: Promise<Reply<T>>): Promise<T> {
  const { status, body } = await reply;
  if (status >= 300) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

export const predict = (url: string, model: string, instances: readonly (readonly number[])[]) =>
  must(ask<PredictReply>(`${url}/v1/models/${model}/predict`, { method: 'POST', body: { instances } }));

export const retrain = (url: string, model: string, headers: Readonly<Record<string, string>> = {}) =>
  ask<JobReply>(`${url}/v1/models/${model}/retrain`, { method: 'POST', headers });

export const jobOf = (url: string, id: string) => must(ask<JobReply>(`${url}/v1/jobs/${id}`));
export const reportOf = (url: string, model: string) => must(ask<ReportReply>(`${url}/v1/models/${model}/report`));
export const readinessOf = (url: string) => ask<{ readonly ready: boolean; readonly missing: readonly string[] }>(`${url}/readyz`);
export const promote = (url: string, model: string, version: number) => ask<MetaModelReply>(`${url}/v1/models/${model}/meta-models/${version}/promote`, { method: 'POST' });

/** Newest first. */
export async function metaModelsOf(url: string, model: string): Promise<readonly MetaModelReply[]> {
  return (await must(ask<{ readonly meta_models: readonly MetaModelReply[] }>(`${url}/v1/models/${model}/meta-models`))).meta_models;
}

/** Null in the cold start. */
export async function championOf(url: string, model: string): Promise<MetaModelReply | null> {
  return (await metaModelsOf(url, model)).find(({ state }) => state === 'champion') ?? null;
}

/** The value of a series as `/metrics` writes it: `name` or `name{label="value"}`; NaN without it. */
export async function metricOf(url: string, series: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) })).text();
  return Number(text.split('\n').find((line) => line.startsWith(`${series} `))?.slice(series.length) ?? NaN);
}

/** The job when it has ended. */
export async function whenEnded(url: string, id: string, milliseconds = PATIENCE_MILLISECONDS): Promise<JobReply> {
  let job = await jobOf(url, id);
  await within(milliseconds, async () => {
    job = await jobOf(url, id);
    return job.state !== 'waiting' && job.state !== 'active';
  });
  return job;
}

/** What was answered and acknowledged. */
export interface Taught {
  readonly rows: number;
  readonly failures: number;
  readonly replies: readonly PredictReply[];
  /** Acknowledged ground truths by their status. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** Predictions in turn through the servers, each request followed by its ground truths through the next server. */
export async function teach(urls: readonly string[], model: string, options: { readonly rows: number; readonly seed: number; readonly batch?: number }): Promise<Taught> {
  const { rows, seed, batch = 50 } = options;
  const inputs = someInputs(rows, seed);
  const replies: PredictReply[] = [];
  const statuses: Record<string, number> = {};
  let failures = 0;
  for (let from = 0; from < rows; from += batch) {
    const instances = inputs.slice(from, from + batch);
    const turn = from / batch;
    const reply = await predict(urls[turn % urls.length] ?? '', model, instances);
    const items = reply.predictions.map(({ label }, row) => ({ prediction_id: reply.prediction_id, row, label: truthOf(instances[row] ?? [], label) }));
    failures += items.filter(({ label }, row) => label !== reply.predictions[row]?.label).length;
    replies.push(reply);
    for (const status of await tell(urls[(turn + 1) % urls.length] ?? '', items)) statuses[status] = (statuses[status] ?? 0) + 1;
  }
  return { rows, failures, replies, statuses };
}

/** By the service's own id or by the caller's. */
export type TruthItem = ({ readonly prediction_id: string; readonly row: number } | { readonly model: string; readonly id: string }) & { readonly label: string };

/** The statuses of ground truths that must be acknowledged. */
export async function tell(url: string, items: readonly TruthItem[]): Promise<string[]> {
  return (await must(tellOnce(url, items))).results.map(({ status }) => status);
}

export const tellOnce = (url: string, items: readonly TruthItem[]) =>
  ask<{ readonly results: readonly { readonly status: string }[] }>(`${url}/v1/ground-truth`, { method: 'POST', body: { items } });

/** One reply of a server that was asked again and again. */
export interface Sighting {
  readonly at: number;
  readonly metaVersion: number;
  readonly status: string;
}

/** Predicts with a server again and again, one row a request, until the meta-model serves there; all that it answered meanwhile. */
export async function whenServing(url: string, model: string, version: number, milliseconds = SERVING_MILLISECONDS): Promise<readonly Sighting[]> {
  const seen: Sighting[] = [];
  const [row = []] = someInputs(1, 1);
  await within(milliseconds, async () => {
    const { meta_version: metaVersion, metaerr_status: status } = await predict(url, model, [row]);
    seen.push({ at: Date.now(), metaVersion, status });
    return metaVersion === version;
  });
  return seen;
}
