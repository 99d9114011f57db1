/**
 * What a request costs in each protocol: the same model and the same rows through /v1 JSON, /v2 JSON and /v2 binary, one protocol
 * after the other in rounds on one real server. Reported as ratios to /v1 JSON of the same round.
 * Run: node dist/bench/protocols.js [rounds]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../demo/server-process.js';
import { createGraphBuilder } from '../src/engine/onnx/graph-builder.js';
import { median } from './median.js';

const WIDTH = 784;
const CLASSES = 10;
const SECONDS = 3;
const CONNECTIONS = 4;
const BATCHES = [1, 32, 256];

interface Shot {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const say = (text: string) => process.stderr.write(`${text}\n`);

function model(): Uint8Array {
  const graph = createGraphBuilder();
  const weights = Float32Array.from({ length: WIDTH * CLASSES }, (_, i) => Math.sin(i));
  const product = graph.node('MatMul', [graph.input('x', 'float32', ['N', WIDTH]), graph.constant({ type: 'float32', dims: [WIDTH, CLASSES], data: weights })]);
  graph.output('probabilities', graph.node('Softmax', [product], { axis: 1 }), 'float32', ['N', CLASSES]);
  return graph.toModel();
}

/** The same rows as a request of each protocol. */
function shots(rows: number): Readonly<Record<string, Shot>> {
  const values = Float32Array.from({ length: rows * WIDTH }, (_, i) => Math.fround(((i * 37) % 256) / 255));
  const instances = Array.from({ length: rows }, (_, row) => Array.from(values.subarray(row * WIDTH, (row + 1) * WIDTH)));
  const input = { name: 'x', shape: [rows, WIDTH], datatype: 'FP32' };
  const bytes = Buffer.from(values.buffer);
  const header = Buffer.from(JSON.stringify({ inputs: [{ ...input, parameters: { binary_data_size: bytes.length } }], parameters: { binary_data_output: true } }));
  const json = { 'content-type': 'application/json' };
  return {
    '/v1 JSON': { path: '/v1/models/m/predict', headers: json, body: Buffer.from(JSON.stringify({ instances })) },
    '/v2 JSON': { path: '/v2/models/m/infer', headers: json, body: Buffer.from(JSON.stringify({ inputs: [{ ...input, data: Array.from(values) }] })) },
    '/v2 binary': {
      path: '/v2/models/m/infer',
      headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(header.length) },
      body: Buffer.concat([header, bytes]),
    },
  };
}

function post(agent: http.Agent, url: URL, { headers, body }: Shot): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } }, (reply) => {
      reply.resume().once('end', () => (reply.statusCode === 200 ? resolve() : reject(new Error(`status ${reply.statusCode}`))));
    });
    request.once('error', reject).end(body);
  });
}

/** Rows a second over a fixed time. */
async function rate(agent: http.Agent, base: string, shot: Shot, rows: number): Promise<number> {
  const url = new URL(shot.path, base);
  const started = performance.now();
  let answered = 0;
  const sender = async (): Promise<void> => {
    while (performance.now() - started < SECONDS * 1000) {
      await post(agent, url, shot);
      answered += rows;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sender));
  return (answered / (performance.now() - started)) * 1000;
}

async function measure(base: string, rows: number, rounds: number) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const all = Object.entries(shots(rows));
  const rates: Record<string, number[]> = Object.fromEntries(all.map(([name]) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, shot] of all) {
      const found = await rate(agent, base, shot, rows);
      // The first round warms everything up.
      if (round > 0) rates[name]?.push(found);
    }
    say(`  ${rows} rows a request, round ${round} of ${rounds}`);
  }
  agent.destroy();
  const first = rates['/v1 JSON'] ?? [];
  return all.map(([name]) => {
    const own = rates[name] ?? [];
    return { rows, protocol: name, rows_per_second: Math.round(median(own)), ratio_to_v1: Number(median(own.map((value, i) => value / (first[i] ?? NaN))).toFixed(2)) };
  });
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 5);
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-bench-'));
  mkdirSync(join(folder, 'models/m/1'), { recursive: true });
  writeFileSync(join(folder, 'models/m/1/model.onnx'), model());
  writeFileSync(join(folder, 'models/m/metaerr.yaml'), 'retraining: { automatic: false }\nfeatures: { store_inputs: none }\nbatching: { max_rows: 256 }\n');
  const server = await startServer(join(folder, 'models'), join(folder, 'data'));
  try {
    const results = [];
    for (const rows of BATCHES) results.push(...(await measure(server.url, rows, rounds)));
    console.table(results);
    console.log(JSON.stringify(results));
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
