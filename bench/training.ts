/**
 * Speed of the net trainer on this machine, one core. `node dist/bench/training.js [repeats]` prints a table:
 * milliseconds a step, arithmetic speed of the matrix products of forward and backward pass, and its ratio to the speed
 * of one plain MatMul of the same size in the same session settings (what is lost to everything else).
 */
import { performance } from 'node:perf_hooks';
import { createDirectSession } from '../src/engine/direct-session.js';
import { createGraphBuilder } from '../src/engine/onnx/graph-builder.js';
import type { Tensor } from '../src/engine/tensor.js';
import { evaluateMembers } from '../src/meta/training/net-evaluation.js';
import { initialWeights } from '../src/meta/training/net-initial.js';
import { trainNets } from '../src/meta/training/net-trainer.js';
import type { NetOptions, NetTask } from '../src/meta/training/net-types.js';
import { createRandom } from '../src/meta/training/random.js';
import { median } from './median.js';

interface Case {
  readonly name: string;
  readonly rows: number;
  readonly members: number;
  readonly width: number;
  readonly hidden: number;
  readonly outputs: number;
  readonly batchSize: number;
  /** Steps of the whole training, and how many of them are measured. */
  readonly steps: number;
  readonly measured: number;
}

const CASES: readonly Case[] = [
  { name: '30,000 labels', rows: 30_000, members: 5, width: 120, hidden: 128, outputs: 10, batchSize: 128, steps: 4000, measured: 512 },
  { name: '5,000 labels', rows: 5000, members: 10, width: 120, hidden: 128, outputs: 10, batchSize: 64, steps: 2500, measured: 512 },
  { name: '1,500 labels', rows: 1500, members: 10, width: 60, hidden: 64, outputs: 10, batchSize: 32, steps: 1500, measured: 768 },
  { name: '100 labels', rows: 100, members: 10, width: 60, hidden: 64, outputs: 10, batchSize: 16, steps: 300, measured: 300 },
  { name: 'failure net (sigmoid)', rows: 30_000, members: 5, width: 120, hidden: 128, outputs: 1, batchSize: 128, steps: 4000, measured: 512 },
  { name: 'base model 784-64-10', rows: 3000, members: 1, width: 784, hidden: 64, outputs: 10, batchSize: 32, steps: 2790, measured: 512 },
];

function floats(length: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => random.normal());
}

function taskOf({ rows, width, outputs }: Case): NetTask {
  const random = createRandom(1);
  const classes = Math.max(2, outputs);
  return {
    head: outputs === 1 ? 'sigmoid' : 'softmax',
    inputs: floats(rows * width, 2),
    rows,
    width,
    outputs,
    offsets: floats(rows * outputs, 3),
    targets: Int32Array.from({ length: rows }, () => random.int(classes)),
  };
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** GFLOP/s of (members, m, k) x (members, k, n), 400 products in one run. */
async function productSpeed(members: number, m: number, k: number, n: number, repeats: number): Promise<number> {
  const count = 400;
  const graph = createGraphBuilder();
  const [a, b] = [graph.input('a', 'float32', [members, m, k]), graph.input('b', 'float32', [members, k, n])];
  const body = graph.subgraph('product');
  body.input('iteration', 'int64', []);
  const condition = body.input('condition', 'bool', []);
  body.input('last', 'float32', [members, m, n]);
  body.output('go_on', condition, 'bool', []);
  body.output('product', body.node('MatMul', [a, b]), 'float32', [members, m, n]);
  const zero = graph.constant({ type: 'float32', dims: [members, m, n], data: new Float32Array(members * m * n) });
  const last = graph.node('Loop', [graph.scalar('int64', count), graph.scalar('bool', 1), zero], { body: body.toSubgraph() });
  graph.output('last', last, 'float32', [members, m, n]);
  const session = await createDirectSession({ bytes: graph.toModel() }, { executionProviders: ['cpu'], intraOpThreads: 1 });
  const feeds: Record<string, Tensor> = {
    a: { type: 'float32', dims: [members, m, k], data: floats(members * m * k, 4) },
    b: { type: 'float32', dims: [members, k, n], data: floats(members * k * n, 5) },
  };
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) times.push(await seconds(() => session.run(feeds)));
  await session.release();
  return (2 * members * m * k * n * count) / median(times) / 1e9;
}

/** The rows of each member. */
function foldsOf({ members, rows }: Case, has: (row: number, member: number) => boolean): Int32Array[] {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  return Array.from({ length: members }, (_, member) => all.filter((row) => has(row, member)));
}

interface Measured {
  readonly perStep: number;
  readonly perRun: number;
}

/** Seconds a step, and what a run costs on top: every step as a run of its own (a snapshot each) against long runs. */
async function measure(one: Case, repeats: number): Promise<Measured> {
  const task = taskOf(one);
  const members = foldsOf(one, (row, member) => row % 5 !== member % 5);
  const rates = { learningRate: 0.002, weightDecay: 0.5, zeroOutput: true, seed: 1 };
  const options: NetOptions = { ...one, ...rates, steps: one.measured, snapshots: [one.measured] };
  const cut: NetOptions = { ...options, steps: 64, snapshots: Array.from({ length: 64 }, (_, step) => step + 1) };
  const long: number[] = [];
  const short: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    long.push(await seconds(() => trainNets(task, members, options)));
    short.push(await seconds(() => trainNets(task, members, cut)));
  }
  const perStep = median(long) / one.measured;
  return { perStep, perRun: median(short) / 64 - perStep };
}

/** Seconds to evaluate the members on the fifth of the rows that each did not train on. */
async function measureEvaluation(one: Case): Promise<number> {
  const weights = initialWeights({ ...one, zeroOutput: false, seed: 1 });
  const { inputs } = taskOf(one);
  const held = foldsOf(one, (row, member) => row % 5 === member % 5);
  return seconds(() => evaluateMembers(weights, inputs, one.rows, held));
}

const repeats = Number(process.argv[2] ?? 3);
const rows: Record<string, string>[] = [];
for (const one of CASES) {
  const { members, batchSize, width, hidden, outputs } = one;
  const { perStep, perRun } = await measure(one, repeats);
  const product = await productSpeed(members, batchSize, width, hidden, repeats);
  const speed = (2 * members * batchSize * hidden * (2 * width + 3 * outputs)) / perStep / 1e9;
  rows.push({
    case: one.name,
    'members x batch, d-h-C': `${members} x ${batchSize}, ${width}-${hidden}-${outputs}`,
    'ms/step': (perStep * 1000).toFixed(3),
    'ms/run on top': (perRun * 1000).toFixed(2),
    'GFLOP/s': speed.toFixed(1),
    'plain MatMul': product.toFixed(1),
    ratio: (speed / product).toFixed(2),
    steps: String(one.steps),
    'whole training s': (perStep * one.steps).toFixed(2),
    'held-out evaluation s': (await measureEvaluation(one)).toFixed(2),
  });
}
console.table(rows);
