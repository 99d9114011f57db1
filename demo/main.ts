import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from './client.js';
import { loadDataset, type Dataset } from './datasets.js';
import { measure, measureVersions, type Figures } from './figures.js';
import { writeBaseModel } from './model.js';
import { readOptions, USAGE, type DemoOptions } from './options.js';
import { Progress } from './progress.js';
import { everywhereInService, followJob, metaModelHistory } from './retraining.js';
import { startServer } from './server-process.js';
import { startDistributed, single, type DemoSystem } from './system.js';
import { createAnswers, deliverGroundTruth, predictRows, type Answers } from './stream.js';
import { figuresCaption, figuresTable, historyTable } from './table.js';

/** Predictions between a prediction and its ground truth. */
const LABEL_DELAY_ROWS = 500;
const BLOCK_ROWS = 100;
/** Pace of the live traffic, so that retrainings have time to go live while it runs. */
const ROWS_PER_SECOND = 200;

const say = (text: string) => process.stderr.write(`${text}\n`);

/** Live traffic with late ground truth: rows are predicted in blocks, and each block's labels come two blocks later. */
async function stream(client: Client, data: Dataset, answers: Answers, labels: number): Promise<void> {
  const bar = new Progress('live traffic, late labels');
  const end = data.baseRows + labels;
  let delivered = data.baseRows;
  for (let at = data.baseRows; at < end; at = Math.min(end, at + BLOCK_ROWS)) {
    const to = Math.min(end, at + BLOCK_ROWS);
    const pace = sleep(((to - at) / ROWS_PER_SECOND) * 1000);
    await predictRows(client, data, answers, at, to);
    const due = Math.max(delivered, to - LABEL_DELAY_ROWS);
    if (due > delivered) await deliverGroundTruth(client, data, answers, delivered, due);
    delivered = due;
    bar.update(delivered - data.baseRows, labels, `${delivered - data.baseRows} ground truths, meta-model version ${answers.metaVersions[to - 1] ?? 0}`);
    await pace;
  }
  for (; delivered < end; delivered = Math.min(end, delivered + BLOCK_ROWS)) await deliverGroundTruth(client, data, answers, delivered, Math.min(end, delivered + BLOCK_ROWS));
  bar.end(`${labels} ground truths delivered, each ${LABEL_DELAY_ROWS} predictions late`);
}

/** The trainings fired by labels are followed by one over all of them; its champion makes the predictions that are judged. */
async function finalRetraining(client: Client, data: Dataset, answers: Answers, labels: number): Promise<void> {
  const { id } = await client.post<{ id: string }>(`/v1/models/${data.name}/retrain`, null);
  const { result } = await followJob(client, id);
  if (result !== null) {
    const milliseconds = await everywhereInService(client, data.name, result.meta_version);
    say(`meta-model ${result.meta_version} in service everywhere, ${Math.round(milliseconds)} ms after the end of the retraining was seen`);
  }
  const traffic = measureVersions(answers, data.baseRows, data.baseRows + labels);
  process.stdout.write(`\n${historyTable(await metaModelHistory(client, data.name), traffic)}\n`);
}

async function judge(client: Client, data: Dataset, answers: Answers, options: DemoOptions, labels: number): Promise<Figures> {
  const from = data.baseRows + labels;
  // Every row that is left is judged, at least `figureRows`.
  const bar = new Progress('predictions to judge');
  for (let at = from; at < data.rows; at += BLOCK_ROWS) {
    await predictRows(client, data, answers, at, Math.min(data.rows, at + BLOCK_ROWS));
    bar.update(at - from, data.rows - from);
  }
  bar.end(`${data.rows - from} predictions`);
  const promoted = (answers.metaVersions[from] ?? 0) > 0;
  return measure(data, answers, from, data.rows, { seed: options.seed, groundTruths: labels, promoted });
}

/** The base model's repository, trained and written. */
async function prepare(options: DemoOptions, data: Dataset, folder: string): Promise<string> {
  say(`${data.title}: a base model trained on ${data.baseRows} rows, then ${data.rows - data.baseRows} rows of live traffic.`);
  const training = new Progress('training the base model');
  const repository = await writeBaseModel(folder, data, options.seed, (done, total) => training.update(done, total));
  training.end(`${data.baseRows} rows`);
  return repository;
}

async function runDemo(options: DemoOptions, data: Dataset, system: DemoSystem): Promise<void> {
  const labels = Math.min(options.labels ?? data.defaultLabels, data.rows - data.baseRows - data.figureRows);
  if (options.labels !== null && labels < options.labels) say(`${data.title} has room for ${labels} ground truths.`);
  const client = new Client(system.urls);
  const answers = createAnswers(data.rows);
  await stream(client, data, answers, labels);
  if (labels > 0) await finalRetraining(client, data, answers, labels);
  const figures = await judge(client, data, answers, options, labels);
  client.close();

  process.stdout.write(`\n${figuresTable(figures)}\n${figuresCaption(figures)}\n`);
  if (options.json !== null) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
}

function urls({ urls: [url = ''], extra }: DemoSystem, model: string): string {
  const lines = [
    ['The page', `${url}/ui/#/models/${model}`],
    ['API and Swagger UI', `${url}/docs`],
    ['Report', `${url}/v1/models/${model}/report`],
    ['Meta-models', `${url}/v1/models/${model}/meta-models`],
    ['Metrics', `${url}/metrics`],
    ...extra,
  ] as const;
  return lines.map(([name, place]) => `${name.padEnd(20)} ${place}`).join('\n');
}

async function startSystem(options: DemoOptions, repository: string, folder: string): Promise<DemoSystem> {
  if (options.distributed) return startDistributed(repository);
  return single(await startServer(repository, join(folder, 'data')));
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    say(USAGE);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-demo-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const data = loadDataset(options.data);
  const system = await startSystem(options, await prepare(options, data, folder), folder);
  try {
    await runDemo(options, data, system);
  } catch (error) {
    await system.stop();
    throw error;
  }
  if (options.exit) {
    await system.stop();
    return;
  }
  say(`\n${urls(system, options.data)}\n\nIt keeps serving; Ctrl-C ends it.`);
  // Ctrl-C reaches the processes of the service too, as they are in the same process group; their end is the demo's.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => void system.stop());
  await system.exited;
  await system.stop();
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
