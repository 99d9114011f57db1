/**
 * What reloads cost: 32 connections send predictions without a pause while the model is loaded again and again. Prints the failed
 * requests (there must be none) and the memory of the server's process after every 5 reloads; the client is another process.
 * Garbage is collected before a sample where node runs with --expose-gc; without, the samples are what an operator sees. A server's
 * memory grows as it warms up, whether or not it reloads: with RELOADS=none in the environment the run waits where it would reload,
 * and shows that part alone.
 * Run: node dist/bench/reload.js [reloads] [megabytes of weights] [instances] [seconds of load before the first reload]
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createApp } from '../src/app.js';
import { loadConfig } from '../src/config.js';
import { createLogger } from '../src/core/logger.js';
import { createGraphBuilder } from '../src/engine/onnx/graph-builder.js';
import { createSystem } from '../src/system.js';
import { limitGarbage } from '../src/system-heap.js';

const CONNECTIONS = 32;
const WIDTH = 256;
const CLASSES = 10;
/** A sample is taken after so many reloads; growth is measured from the first to the last. */
const EVERY = 5;

interface Totals {
  readonly answered: number;
  readonly failed: number;
  readonly firstFailure: string | null;
}

interface Sample {
  readonly reloads: number;
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
}

const say = (text: string) => process.stderr.write(`${text}\n`);
const mebibytes = (bytes: number) => Math.round((bytes / 1024 / 1024) * 10) / 10;

/** A network of one hidden layer with about so many megabytes of weights. */
function model(megabytes: number): Uint8Array {
  const hidden = Math.max(1, Math.round((megabytes * 1e6) / 4 / (WIDTH + CLASSES)));
  const graph = createGraphBuilder();
  const x = graph.input('X', 'float32', ['batch', WIDTH]);
  const weights = (rows: number, columns: number) =>
    graph.constant({ type: 'float32', dims: [rows, columns], data: Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i) / rows) });
  const inner = graph.node('Relu', [graph.node('MatMul', [x, weights(WIDTH, hidden)])]);
  const scores = graph.node('MatMul', [inner, weights(hidden, CLASSES)]);
  graph.output('probabilities', graph.node('Softmax', [scores], { axis: 1 }), 'float32', ['batch', CLASSES]);
  return graph.toModel();
}

/** Sends one request and resolves with its status. */
function send(url: string, body: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, (reply) => {
      reply.resume();
      reply.once('end', () => resolve(reply.statusCode ?? 0)).once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** The client's process: every connection sends its next request when the last one is answered, until it is told to stop. */
async function sendUntilStopped(url: string): Promise<Totals> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const body = JSON.stringify({ instances: [Array.from({ length: WIDTH }, (_, i) => Math.cos(i))] });
  let stopped = false;
  let answered = 0;
  let failed = 0;
  let firstFailure: string | null = null;
  process.once('message', () => (stopped = true));
  const connection = async () => {
    while (!stopped) {
      const outcome = await send(url, body, agent).catch((error: Error) => error.message);
      answered++;
      if (outcome === 200) continue;
      failed++;
      firstFailure ??= String(outcome);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  agent.destroy();
  return { answered, failed, firstFailure };
}

async function stop(client: ChildProcess): Promise<Totals> {
  const told = once(client, 'message') as Promise<[Totals]>;
  client.send('stop');
  const [totals] = await told;
  client.disconnect();
  return totals;
}

function sample(reloads: number): Sample {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { reloads, rss: mebibytes(rss), heap: mebibytes(heapUsed), external: mebibytes(external) };
}

async function main(reloads: number, megabytes: number, instances: number, warmUp: number): Promise<void> {
  limitGarbage();
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-reload-'));
  const models = join(folder, 'models');
  mkdirSync(join(models, 'm', '1'), { recursive: true });
  writeFileSync(join(models, 'm', '1', 'model.onnx'), model(megabytes));
  writeFileSync(join(models, 'm', 'metaerr.yaml'), `instances: ${instances}\n`);
  const config = loadConfig({ LOG_LEVEL: 'error', METAERR_MODEL_REPOSITORY: models, METAERR_DATA_DIR: join(folder, 'data') });
  const logger = createLogger(config.logLevel);
  const system = await createSystem(config, logger);
  const app = await createApp(system, { bodyLimitBytes: config.bodyLimitBytes, adminKey: null, board: null, ui: false, logger });
  await app.listen({ host: '127.0.0.1', port: 0 });
  await system.start();
  const [address] = app.addresses();
  if (address === undefined || typeof address === 'string') throw new Error('the server has no address');
  const client = fork(fileURLToPath(import.meta.url), ['--client', `http://127.0.0.1:${address.port}/v1/models/m/predict`], { execArgv: [] });
  await sleep(warmUp * 1000);
  const samples = [sample(0)];
  const started = performance.now();
  for (let reload = 1; reload <= reloads; reload++) {
    await (process.env['RELOADS'] === 'none' ? sleep(200) : system.repository.load('m'));
    if (reload % EVERY !== 0) continue;
    const now = sample(reload);
    samples.push(now);
    say(`${reload} reloads, ${Math.round((performance.now() - started) / 1000)} s: RSS ${now.rss} MiB, heap ${now.heap} MiB`);
  }
  const seconds = (performance.now() - started) / 1000;
  const totals = await stop(client);
  await app.close();
  await system.close();
  rmSync(folder, { recursive: true, force: true });

  const [first, last] = [samples[1], samples.at(-1)];
  const growth = first === undefined || last === undefined ? NaN : last.rss / first.rss - 1;
  console.log('| reloads | RSS, MiB | heap, MiB | external, MiB |\n|---:|---:|---:|---:|');
  for (const each of samples) console.log(`| ${each.reloads} | ${each.rss} | ${each.heap} | ${each.external} |`);
  console.log(`\n${totals.answered} requests on ${CONNECTIONS} connections, ${totals.failed} failed; RSS from ${EVERY} to ${reloads} reloads: ${(100 * growth).toFixed(1)} %`);
  console.log(JSON.stringify({ reloads, megabytes, instances, warmUp, connections: CONNECTIONS, seconds, gc: globalThis.gc !== undefined, ...totals, growth, samples }));
  if (totals.failed > 0 || growth > 0.2) process.exitCode = 1;
}

if (process.argv[2] === '--client') {
  const totals = await sendUntilStopped(process.argv[3] ?? '');
  process.send?.(totals);
} else {
  const [reloads = 50, megabytes = 8, instances = 2, warmUp = 5] = process.argv.slice(2).map(Number);
  await main(reloads, megabytes, instances, warmUp);
}
