import type { Client, PredictBody } from './client.js';
import type { Dataset } from './datasets.js';

/** What came back for the rows of the stream; index is the row in the data set. */
export interface Answers {
  readonly ids: string[];
  readonly requestRows: Int32Array;
  readonly failureProbabilities: Float64Array;
  /** 1 - confidence as the sum of the other classes' probabilities, which keeps its digits near 0. */
  readonly coldStart: Float64Array;
  readonly failures: Uint8Array;
  readonly metaVersions: Int32Array;
}

const ROWS_PER_REQUEST = 16;
const REQUESTS_AT_ONCE = 4;

export function createAnswers(rows: number): Answers {
  return {
    ids: new Array<string>(rows).fill(''),
    requestRows: new Int32Array(rows),
    failureProbabilities: new Float64Array(rows).fill(NaN),
    coldStart: new Float64Array(rows).fill(NaN),
    failures: new Uint8Array(rows),
    metaVersions: new Int32Array(rows).fill(-1),
  };
}

function nested(data: Dataset, row: number): unknown {
  const flat = Array.from(data.values.subarray(row * data.width, (row + 1) * data.width));
  const [, height, width] = data.shape;
  if (height === undefined || width === undefined) return flat;
  return [Array.from({ length: height }, (_, y) => flat.slice(y * width, (y + 1) * width))];
}

function keep(answers: Answers, data: Dataset, first: number, reply: PredictBody): void {
  for (const { row, label, failure_probability: score, outputs } of reply.predictions) {
    const at = first + row;
    const others = [...outputs.probabilities].sort((a, b) => b - a).slice(1);
    answers.ids[at] = reply.prediction_id;
    answers.requestRows[at] = row;
    answers.failureProbabilities[at] = score ?? NaN;
    answers.coldStart[at] = others.reduce((sum, probability) => sum + probability, 0);
    answers.failures[at] = label === data.labels[data.classes[at] ?? -1] ? 0 : 1;
    answers.metaVersions[at] = reply.meta_version;
  }
}

/** Sends the rows [from, to) as live traffic, several requests at a time. */
export async function predictRows(client: Client, data: Dataset, answers: Answers, from: number, to: number): Promise<void> {
  let next = from;
  const sender = async (): Promise<void> => {
    while (next < to) {
      const first = next;
      next = Math.min(to, first + ROWS_PER_REQUEST);
      const instances = Array.from({ length: next - first }, (_, offset) => nested(data, first + offset));
      keep(answers, data, first, await client.post<PredictBody>(`/v1/models/${data.name}/predict`, { instances }));
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, sender));
}

/** Delivers the ground truths of the rows [from, to). */
export async function deliverGroundTruth(client: Client, data: Dataset, answers: Answers, from: number, to: number): Promise<void> {
  const items = Array.from({ length: to - from }, (_, offset) => ({
    prediction_id: answers.ids[from + offset],
    row: answers.requestRows[from + offset],
    label: data.labels[data.classes[from + offset] ?? -1],
    source: 'demo',
  }));
  const { counts } = await client.post<{ counts: Record<string, number> }>('/v1/ground-truth', { items });
  // Pending: the prediction was answered by another server, which has not written it yet.
  if ((counts['matched'] ?? 0) + (counts['pending'] ?? 0) !== items.length) throw new Error(`not every ground truth matched: ${JSON.stringify(counts)}`);
}
