import { systemClock } from '../src/core/clock.js';
import { createGraphBuilder } from '../src/engine/onnx/graph-builder.js';
import { createThreadPool } from '../src/engine/pool.js';
import type { TensorMap } from '../src/engine/tensor.js';
import { Batcher } from '../src/inference/batching/batcher.js';
import type { BatchRequest, BatchRunner } from '../src/inference/batching/batcher.js';
import { concatRows, sliceRows } from '../src/inference/batching/tensor-rows.js';

/** What batching adds to the latency of one request at a time, and what it saves when many come at once. */

const REQUESTS = 2000;
const pool = createThreadPool({ threadUrl: new URL('../src/entries/engine-thread.js', import.meta.url) })({ name: 'bench', instances: 1 });

const graph = createGraphBuilder();
graph.output('y', graph.node('Relu', [graph.input('x', 'float32', ['N', 784])]), 'float32', ['N', 784]);
await pool.load('base', { bytes: graph.toModel() }, { executionProviders: ['cpu'], intraOpThreads: 1 });

interface Row extends BatchRequest {
  readonly inputs: TensorMap;
}
const row: Row = { inputs: { x: { type: 'float32', dims: [1, 784], data: new Float32Array(784) } }, rows: 1, shape: '', timeoutMilliseconds: null };
const runner: BatchRunner<Row, TensorMap> = {
  maxRows: 64,
  async run(requests) {
    const tensors = concatRows(requests.map(({ inputs }) => inputs));
    const reply = await pool.run({ steps: [{ session: 'base', feeds: { x: 'x' }, fetches: { y: 'y' }, optional: false }], tensors, fetch: ['y'] });
    return requests.map((_, index) => sliceRows(reply.tensors, index, index + 1));
  },
};

function quantile(times: readonly number[], q: number): string {
  return `${(([...times].sort((a, b) => a - b)[Math.floor(q * times.length)] ?? NaN) * 1000).toFixed(0)} us`;
}

async function oneAtATime(name: string, call: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    const started = performance.now();
    await call();
    times.push(performance.now() - started);
  }
  console.log(`${name}: p50 ${quantile(times, 0.5)}, p99 ${quantile(times, 0.99)}`);
}

async function together(name: string, call: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  await Promise.all(Array.from({ length: REQUESTS }, call));
  console.log(`${name}: ${((REQUESTS / (performance.now() - started)) * 1000).toFixed(0)} rows/s`);
}

function batcher(maxDelayMicroseconds: number): () => Promise<unknown> {
  const own = new Batcher({ runner, instances: 1, maxDelayMicroseconds, maxQueueRows: 1e6, timeoutMilliseconds: 60_000, clock: systemClock, onQueueRows: () => undefined });
  return () => own.submit(row);
}

const direct = () => runner.run([row]);
for (let i = 0; i < 500; i++) await direct();
await oneAtATime('one at a time, no batcher          ', direct);
for (const delay of [0, 200, 500, 2000]) await oneAtATime(`one at a time, max_delay ${String(delay).padStart(4)} us   `, batcher(delay));
await together(`${REQUESTS} at once, no batcher          `, direct);
await together(`${REQUESTS} at once, batches of up to 64 `, batcher(0));
await pool.close();
