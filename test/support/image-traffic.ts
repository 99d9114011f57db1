import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { Client, JobBody, PredictBody } from '../../demo/client.js';
import type { Dataset } from '../../demo/datasets.js';
import { trainClassifier } from '../../src/meta/training/classifier-trainer.js';
import { createRandom } from '../../src/meta/training/random.js';
import type { ModelFiles } from './http-app.js';

/** A request's rows and what it was answered. */
interface Sent {
  readonly id: string;
  /** Rows of the data set. */
  readonly rows: readonly number[];
  readonly labels: readonly string[];
  readonly metaVersion: number;
}

const ROWS_PER_REQUEST = 16;
/** Time from one request to the next, so that a machine with other work keeps up. */
const PACE_MILLISECONDS = 100;
const NOISE = 0.6;

/** A small classifier, trained on the first rows of a data set of images. */
export async function imageClassifier(data: Dataset, settings: object = {}): Promise<ModelFiles> {
  const onnx = await trainClassifier({
    inputs: data.values.subarray(0, data.baseRows * data.width), targets: data.classes.subarray(0, data.baseRows), rows: data.baseRows, width: data.width,
    classes: data.labels.length, inputShape: data.shape, scaling: 'image', hidden: 64, batchSize: 64, epochs: 20, learningRate: 1e-3, weightDecay: 0.01, output: 'probabilities', seed: 1,
  });
  return { onnx, yaml: stringify({ task: 'classification', labels: data.labels, retraining: { automatic: false }, ...settings }) };
}

/** Live traffic of images, one request after the other, and the ground truths of what was sent. */
export class ImageTraffic {
  /** Whether noise is added to every image. */
  corrupted = false;
  readonly #client: Client;
  readonly #data: Dataset;
  readonly #random = createRandom(7);
  #next: number;
  #stopped = false;

  constructor(client: Client, data: Dataset) {
    this.#client = client;
    this.#data = data;
    this.#next = data.baseRows;
  }

  /** Sends so many rows at once. */
  async send(rows: number): Promise<readonly Sent[]> {
    const sent: Sent[] = [];
    for (let i = 0; i < rows; i += ROWS_PER_REQUEST) sent.push(await this.#request());
    return sent;
  }

  /** Sends until `stop`; resolves with what was sent corrupted. */
  async run(): Promise<readonly Sent[]> {
    const corrupted: Sent[] = [];
    while (!this.#stopped) {
      const pace = pause(PACE_MILLISECONDS);
      const noisy = this.corrupted;
      const sent = await this.#request();
      if (noisy) corrupted.push(sent);
      await pace;
    }
    return corrupted;
  }

  stop(): void {
    this.#stopped = true;
  }

  async label(sent: readonly Sent[]): Promise<void> {
    const items = sent.flatMap(({ id, rows }) => rows.map((each, row) => ({ prediction_id: id, row, label: this.#data.labels[this.#data.classes[each] ?? -1] })));
    await this.#client.post('/v1/ground-truth', { items });
  }

  /** Retrains by hand and waits for the end of the job. */
  async retrain(): Promise<JobBody> {
    const { id } = await this.#client.post<JobBody>(`/v1/models/${this.#data.name}/retrain`, null);
    for (;;) {
      const job = await this.#client.get<JobBody>(`/v1/jobs/${id}`);
      if (job.state !== 'waiting' && job.state !== 'active') return job;
      await pause(PACE_MILLISECONDS);
    }
  }

  /** Share of the rows that were answered wrongly. */
  failureRate(sent: readonly Sent[]): number {
    const wrong = sent.flatMap(({ rows, labels }) => rows.map((each, row) => labels[row] !== this.#data.labels[this.#data.classes[each] ?? -1]));
    return wrong.filter(Boolean).length / wrong.length;
  }

  async #request(): Promise<Sent> {
    const { name, baseRows, rows: all } = this.#data;
    const rows = Array.from({ length: ROWS_PER_REQUEST }, () => {
      const row = this.#next;
      this.#next = row + 1 < all ? row + 1 : baseRows;
      return row;
    });
    const { prediction_id: id, meta_version: metaVersion, predictions } = await this.#client.post<PredictBody>(`/v1/models/${name}/predict`, { instances: rows.map((row) => this.#image(row)) });
    return { id, rows, labels: predictions.map(({ label }) => label), metaVersion };
  }

  #image(row: number): unknown {
    const { values, width, shape: [, height = 1, columns = width] } = this.#data;
    const pixel = (value: number) => (this.corrupted ? Math.min(1, Math.max(0, value + NOISE * this.#random.normal())) : value);
    const flat = Array.from(values.subarray(row * width, (row + 1) * width), pixel);
    return [Array.from({ length: height }, (_, y) => flat.slice(y * columns, (y + 1) * columns))];
  }
}
