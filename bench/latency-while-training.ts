/**
 * How much a retraining slows predictions down: the p99 latency of one-row predictions at half load, with and without a
 * retraining on 30,000 labelled rows of 120 features beside it, in paired runs on the real server.
 * Run: node dist/bench/latency-while-training.js [pairs]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type JobBody } from '../demo/client.js';
import { startServer } from '../demo/server-process.js';
import { median } from './median.js';
import { classMeanModel, syntheticStream, type SyntheticStream } from './synthetic.js';

const ROWS = 30_000;
const WIDTH = 120;
const CLASSES = 10;
const RUN_SECONDS = 6;
const FULL_LOAD_CONNECTIONS = 16;

const say = (text: string) => process.stderr.write(`${text}\n`);
const body = (stream: SyntheticStream, row: number) => ({ instances: [Array.from(stream.values.subarray(row * WIDTH, (row + 1) * WIDTH))] });
const percentile = (values: number[], share: number) => values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;

/** Fills the ledger with labelled rows, through the API. */
async function fill(client: Client, stream: SyntheticStream): Promise<void> {
  const block = 500;
  for (let from = 0; from < ROWS; from += block) {
    const instances = Array.from({ length: block }, (_, offset) => body(stream, from + offset).instances[0]);
    const { prediction_id: id } = await client.post<{ prediction_id: string }>('/v1/models/m/predict', { instances });
    const items = Array.from({ length: block }, (_, row) => ({ prediction_id: id, row, label: stream.truths[from + row] }));
    await client.post('/v1/ground-truth', { items });
    if (from % 5000 === 0) say(`  ${from} labelled rows`);
  }
}

/** Requests a second when as many as possible are sent. */
async function fullLoad(client: Client, stream: SyntheticStream): Promise<number> {
  const end = performance.now() + RUN_SECONDS * 1000;
  let answered = 0;
  const sender = async (): Promise<void> => {
    while (performance.now() < end) {
      await client.post('/v1/models/m/predict', body(stream, answered++ % ROWS));
    }
  };
  await Promise.all(Array.from({ length: FULL_LOAD_CONNECTIONS }, sender));
  return answered / RUN_SECONDS;
}

/** p99 in milliseconds of requests that are sent at a fixed rate, whether or not earlier ones were answered. */
async function p99AtRate(client: Client, stream: SyntheticStream, rate: number): Promise<number> {
  const latencies: number[] = [];
  const running: Promise<void>[] = [];
  const started = performance.now();
  for (let sent = 0; performance.now() - started < RUN_SECONDS * 1000; ) {
    const due = Math.floor(((performance.now() - started) / 1000) * rate);
    for (; sent < due; sent++) {
      const planned = started + (sent / rate) * 1000;
      running.push(client.post('/v1/models/m/predict', body(stream, sent % ROWS)).then(() => void latencies.push(performance.now() - planned)));
    }
    await sleep(1);
  }
  await Promise.all(running);
  return percentile(latencies, 0.99);
}

async function withTraining<T>(client: Client, action: () => Promise<T>): Promise<{ result: T; covered: boolean; seconds: number }> {
  const job = await client.post<JobBody>('/v1/models/m/retrain', null);
  const started = performance.now();
  while ((await client.get<JobBody>(`/v1/jobs/${job.id}`)).state === 'waiting') await sleep(20);
  const result = await action();
  const covered = (await client.get<JobBody>(`/v1/jobs/${job.id}`)).state === 'active';
  for (;;) {
    const { state, error } = await client.get<JobBody>(`/v1/jobs/${job.id}`);
    if (state === 'failed') throw new Error(error ?? 'the retraining failed');
    if (state === 'completed') return { result, covered, seconds: (performance.now() - started) / 1000 };
    await sleep(100);
  }
}

async function main(): Promise<void> {
  const pairs = Number(process.argv[2] ?? 5);
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-bench-'));
  const stream = syntheticStream(ROWS, WIDTH, CLASSES, 7);
  mkdirSync(join(folder, 'models/m/1'), { recursive: true });
  writeFileSync(join(folder, 'models/m/1/model.onnx'), classMeanModel(stream, 400));
  writeFileSync(join(folder, 'models/m/metaerr.yaml'), 'retraining: { automatic: false }\n');
  const server = await startServer(join(folder, 'models'), join(folder, 'data'));
  const client = new Client([server.url]);
  try {
    say(`filling the ledger with ${ROWS} labelled rows of ${WIDTH} features`);
    await fill(client, stream);
    const first = await withTraining(client, () => Promise.resolve());
    say(`retraining on ${ROWS} rows, server otherwise idle: ${first.seconds.toFixed(1)} s`);
    const rate = (await fullLoad(client, stream)) / 2;
    say(`half load is ${rate.toFixed(0)} requests a second`);
    const ratios: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      const alone = await p99AtRate(client, stream, rate);
      const beside = await withTraining(client, () => p99AtRate(client, stream, rate));
      ratios.push(beside.result / alone);
      say(`pair ${pair + 1}: p99 alone ${alone.toFixed(2)} ms, beside a retraining ${beside.result.toFixed(2)} ms, ratio ${(beside.result / alone).toFixed(2)}${beside.covered ? '' : ' (the retraining ended early)'}; the retraining took ${beside.seconds.toFixed(1)} s`);
    }
    console.log(JSON.stringify({ rate, ratios, median_ratio: median(ratios) }, null, 2));
  } finally {
    client.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
