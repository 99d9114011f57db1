/**
 * Kills a server, a worker in mid-training and Redis (`appendfsync always`), each by SIGKILL and each once, while two servers answer
 * predictions and take ground truths in random order (a fifth before their prediction, 5 % duplicates, 2 % conflicts). Then sets what the
 * client was told against the ledger's export, the history of every prediction and the report of each server. Exits with 1 when a
 * ground truth that was acknowledged is missing or counted twice, when a count of the report is not that of the recount, or when more
 * predictions are lost than SIGKILL may lose. A refused or unanswered request is sent again, as a real client does.
 * `node dist/bench/faults.js [--predictions 100000] [--workers 2] [--max-rows 32] [--concurrency 8] [--seed 1] [--json file]`
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Book } from '../test/support/distributed-book.js';
import { HttpClient } from '../test/support/distributed-http.js';
import { judgeLosses, type Losses } from '../test/support/distributed-losses.js';
import { CLASSES, planTraffic, WIDTH, type PlannedEvent } from '../test/support/distributed-plan.js';
import type { ServiceProcess } from '../test/support/distributed-process.js';
import { MODEL_SEED, recount, type Recount, type ReportCounts } from '../test/support/distributed-recount.js';
import { whenWritten } from '../test/support/distributed-settle.js';
import { runTraffic } from '../test/support/distributed-traffic.js';
import { waitingInRedis } from '../test/support/distributed-waiting.js';
import { startDistributed, type DistributedSystem } from '../test/support/distributed.js';
import { linearClassifier } from '../test/support/http-models.js';

const MODEL = 'm';
const FLUSH_MILLISECONDS = 50;
/** What was answered so long before a kill is certainly written: the flush interval, the write before, and a machine that is busy with other things. */
const LOSS_MILLISECONDS = 1_000;
const REDIS_AWAY_MILLISECONDS = 3_000;
/** Between the requests for predictions of one sender: so that there are still some to be asked for while Redis is away. */
const PAUSE_MILLISECONDS = 20;
const PROGRESS_MILLISECONDS = 2_000;
/** A job of a dead worker begins elsewhere after 25 s at most, and may wait behind another. */
const JOB_MILLISECONDS = 180_000;
const NOT_TRAINING = ['reading', 'reading unlabelled', 'preparing', 'exporting', 'promoting'];

interface Job {
  readonly id: string;
  readonly state: string;
  readonly progress: { readonly step: string } | null;
}

const { values } = parseArgs({
  options: {
    predictions: { type: 'string', default: '100000' },
    workers: { type: 'string', default: '2' },
    'max-rows': { type: 'string', default: '32' },
    concurrency: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});
const predictions = Number(values.predictions);
const maxRows = Number(values['max-rows']);
const seed = Number(values.seed);

const started = performance.now();
const say = (text: string) => process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
const client = new HttpClient();
const teardowns: (() => Promise<void> | void)[] = [];
const faults: string[] = [];
try {
  await main();
} catch (error) {
  faults.push(String(error));
  console.error(error);
} finally {
  client.close();
  for (const close of teardowns) await close();
}
if (faults.length > 0) process.exitCode = 1;

async function main(): Promise<void> {
  const models = { [MODEL]: { onnx: linearClassifier(WIDTH, CLASSES, MODEL_SEED) } };
  const env = { METAERR_LEDGER_FLUSH_MILLISECONDS: String(FLUSH_MILLISECONDS), LOG_LEVEL: 'info' };
  const system = await startDistributed({ teardown: (close) => teardowns.push(close) }, { models, servers: 2, workers: Number(values.workers), env });
  say(`2 servers, ${values.workers} workers and Redis run`);
  const book = new Book();
  const events = planTraffic({ predictions, seed, maxRows, spread: Math.max(20, predictions / maxRows / 3) });
  const jobs: string[] = [];
  const seconds = await send(system, book, events, jobs);
  await whenWritten(system.urls);
  for (const id of jobs) await ended(system, id);
  say('recounting');
  const result = await recount(system.urls[0] ?? '', MODEL, book, waitingInRedis(system.redisUrl ?? '', MODEL));
  const losses = judgeLosses(result.lost, system.servers, LOSS_MILLISECONDS);
  faults.push(...result.faults, ...losses.faults, ...(await otherReports(system, result.report)));
  print(events, book, result, losses, seconds);
}

async function send(system: DistributedSystem, book: Book, events: readonly PlannedEvent[], jobs: string[]): Promise<number> {
  const { servers, redis } = system;
  const inTurn = oneAfterTheOther(() => book.answeredRows() / predictions);
  const timer = setInterval(() => say(progressText(book, events)), PROGRESS_MILLISECONDS);
  const begun = performance.now();
  try {
    await runTraffic({
      model: MODEL, servers, events, book, seed, concurrency: Number(values.concurrency), predictionSenders: Number(values.concurrency), predictionPauseMilliseconds: PAUSE_MILLISECONDS, patienceMilliseconds: 120_000,
      faults: [
        { share: 0.15, run: () => inTurn('server-1 is killed and restarted', async () => servers[1]?.restart()) },
        { share: 0.3, run: () => inTurn('a worker is killed in mid-training and restarted', async () => void jobs.push(await killWorker(system))) },
        { share: 0.6, run: () => inTurn('Redis is killed, and restarted with its append-only file', async () => {
          await redis?.kill();
          await pause(REDIS_AWAY_MILLISECONDS);
          await redis?.start();
        }) },
      ],
    });
  } finally {
    clearInterval(timer);
  }
  say(`sent; ${progressText(book, events)}`);
  return (performance.now() - begun) / 1000;
}

/** Runs what it is given, each after the last has ended; what ends after the traffic was no test. */
function oneAfterTheOther(share: () => number): (what: string, run: () => Promise<unknown>) => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  return (what, run) => {
    const mine = last.then(async () => {
      say(`${what}, at ${percent(share())} of the predictions`);
      await run();
      say(`done at ${percent(share())}: ${what}`);
      if (share() >= 1) faults.push(`the traffic was over before this was: ${what}`);
    });
    last = mine.catch(() => undefined);
    return mine;
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

/** The job that a request answers with, asked again while Redis is away. */
async function job(url: string, body?: null): Promise<Job> {
  const deadline = performance.now() + JOB_MILLISECONDS;
  for (;;) {
    try {
      return await client.json<Job>(url, body);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(200);
    }
  }
}

/** Kills a worker that is in mid-training, asking for a retraining where none runs, and starts it again; resolves with the job's id. */
async function killWorker({ urls, workers }: DistributedSystem): Promise<string> {
  const deadline = performance.now() + JOB_MILLISECONDS;
  while (performance.now() < deadline) {
    const running = workers.map((worker) => ({ worker, id: jobOf(worker) })).filter(({ id }) => id !== null);
    if (running.length === 0) await job(`${urls[0]}/v1/models/${MODEL}/retrain`, null);
    for (const { worker, id } of running) {
      const { state, progress } = await job(`${urls[0]}/v1/jobs/${id}`);
      if (id === null || state !== 'active' || progress === null || NOT_TRAINING.some((step) => progress.step.endsWith(step))) continue;
      say(`job ${id} is at the step '${progress.step}' in ${worker.name}`);
      await worker.restart();
      return id;
    }
    await pause(20);
  }
  throw new Error('no worker trains');
}

/** The retraining that a worker is at, by its log. */
function jobOf({ lines }: ServiceProcess): string | null {
  const last = lines.findLast(({ msg }) => msg.startsWith('retraining '));
  return last?.msg === 'retraining begins' ? String(last['job']) : null;
}

/** Waits for the end of the job whose worker was killed, which must come, and once. */
async function ended({ urls, workers }: DistributedSystem, id: string): Promise<void> {
  const deadline = performance.now() + JOB_MILLISECONDS;
  let current = await job(`${urls[0]}/v1/jobs/${id}`);
  while (['waiting', 'active'].includes(current.state) && performance.now() < deadline) {
    await pause(200);
    current = await job(`${urls[0]}/v1/jobs/${id}`);
  }
  const count = (msg: string) => workers.reduce((sum, { lines }) => sum + lines.filter((line) => line.msg === msg && line['job'] === id).length, 0);
  const ends = count('retraining ended');
  say(`job ${id}: ${current.state}, began ${count('retraining begins')} times, ended ${ends} times`);
  if (current.state !== 'completed' || ends !== 1) faults.push(`the job of the killed worker is ${current.state} and ended ${ends} times`);
}

/** Every server says the same. */
async function otherReports({ servers }: DistributedSystem, expected: ReportCounts): Promise<string[]> {
  const differing = async ({ name, url }: ServiceProcess) => {
    const { rows } = await client.json<{ rows: ReportCounts }>(`${url}/v1/models/${MODEL}/report`);
    return JSON.stringify(rows) === JSON.stringify(expected) ? [] : [`${name} reports ${JSON.stringify(rows)}, server-0 ${JSON.stringify(expected)}`];
  };
  return (await Promise.all(servers.slice(1).map(differing))).flat();
}

function progressText(book: Book, events: readonly PlannedEvent[]): string {
  const { unacknowledged = 0, ...acknowledged } = book.acknowledged();
  const truths = Object.values(acknowledged).reduce((sum, count) => sum + count, 0);
  const planned = events.filter(({ kind }) => kind === 'truth').length;
  return `predictions answered ${book.answeredRows()} of ${predictions}, ground truths acknowledged ${truths} of ${planned} (${unacknowledged} sendings without); refused requests: ${book.refusedPredictions} and ${book.refusedTruths}`;
}

function print(events: readonly PlannedEvent[], book: Book, result: Recount, losses: Losses, seconds: number): void {
  const { report, recounted, acknowledged, found, unanswered, lost } = result;
  const statuses = book.acknowledged();
  const unansweredRows = recounted.predictions - (book.answeredRows() - losses.rows);
  const sent: readonly (readonly [string, number])[] = [
    ['predictions answered', book.answeredRows()],
    ['... requests of them', [...book.attempts.values()].filter(({ answer }) => answer !== null).length],
    ['prediction requests refused or unanswered, sent again', book.refusedPredictions],
    [`answered predictions that SIGKILL lost (${lost.length} requests, the earliest answered ${losses.oldestMilliseconds} ms before)`, losses.rows],
    [`predictions in the ledger whose reply was lost (${unanswered} requests)`, unansweredRows],
    ['ground truths planned', events.filter(({ kind }) => kind === 'truth').length],
    ['ground-truth requests refused or unanswered, sent again', book.refusedTruths],
    ['ground truths acknowledged', acknowledged],
    ...['matched', 'duplicate', 'conflict', 'pending'].map((status) => [`... as ${status}`, statuses[status] ?? 0] as const),
    ['ground truths in the history of a prediction, acknowledged', found],
    ['ground truths acknowledged that still wait for a lost or unanswered prediction', acknowledged - found],
    ['ground truths acknowledged that are missing', result.faults.filter((fault) => fault.includes('lacks') || fault.includes('neither')).length],
  ];
  console.log(`\n| | |\n|---|---:|\n${sent.map(([name, count]) => `| ${name} | ${count} |`).join('\n')}`);
  console.log('\n| count | report | recount |\n|---|---:|---:|');
  for (const name of Object.keys(report) as (keyof ReportCounts)[]) console.log(`| ${name} | ${report[name]} | ${recounted[name]} |`);
  console.log(`\n${seconds.toFixed(1)} s of traffic. ${faults.length === 0 ? 'Everything agrees.' : `${faults.length} fault(s):\n${faults.join('\n')}`}`);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ ...result, lost: lost.length, losses, statuses, seconds, faults }));
}
