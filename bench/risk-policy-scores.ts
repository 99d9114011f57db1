import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '../demo/datasets.js';
import { writeBaseModel } from '../demo/model.js';
import { createDirectSession } from '../src/engine/direct-session.js';
import type { TensorMap } from '../src/engine/tensor.js';
import { behaviourLayout } from '../src/meta/features/behaviour-layout.js';
import { guessedPictures } from '../src/meta/features/flat-picture.js';
import { buildFeatureGraph } from '../src/meta/features/graph.js';
import { FEATURE_OUTPUTS } from '../src/meta/features/layout.js';
import { planFeatures } from '../src/meta/features/plan.js';
import { fitMetaModel } from '../src/meta/fit/fit.js';
import { scoreWindow } from '../src/meta/fit/score-window.js';
import { createRandom } from '../src/meta/training/random.js';
import type { TrainingWindow } from '../src/meta/training/window.js';
import type { Scored } from '../test/support/policy-simulation.js';

/** One training of a meta-model: its own rows out of fold, and other rows as it serves them. */
export interface Trained {
  readonly outOfFold: Scored;
  readonly later: Scored;
}

const CHUNK = 1_000;
const CPU = { executionProviders: ['cpu'], intraOpThreads: 1 } as const;
const MAX_WIDTH = 256;
const MAX_STORED_ROWS = 10_000;

async function baseModel(data: Dataset, seed: number): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-policy-'));
  try {
    const repository = await writeBaseModel(folder, data, seed, () => undefined);
    return readFileSync(join(repository, data.name, '1', 'model.onnx'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The rows after those of the base model as the service logs them: base model, then the product's feature graph. */
export async function logRows(data: Dataset, seed: number): Promise<TrainingWindow> {
  const base = await createDirectSession({ bytes: await baseModel(data, seed) }, CPU);
  const output = base.signature.outputs.find(({ name }) => name === 'probabilities');
  if (output === undefined) throw new Error('the base model has no output probabilities');
  const source = { output, kind: 'probabilities' } as const;
  const behaviour = behaviourLayout(data.labels.length);
  const { inputs } = base.signature;
  const layout = planFeatures({ inputs, outputs: [], batched: true, source, behaviour, maxWidth: MAX_WIDTH, pictures: guessedPictures(inputs, true) });
  const graph = buildFeatureGraph(layout, source, true);
  const features = await createDirectSession({ bytes: graph.onnx }, CPU);
  const rows = data.rows - data.baseRows;
  const window = {
    rows, inputWidth: layout.inputWidth, width: layout.width,
    features: new Float32Array(rows * layout.width),
    failures: new Uint8Array(rows),
    classes: new Int32Array(rows),
    truths: data.classes.slice(data.baseRows),
    coldStartProbabilities: new Float64Array(rows),
    failureProbabilities: new Float64Array(rows).fill(NaN),
    createdAt: Float64Array.from({ length: rows }, (_, row) => row),
    weights: null,
  };
  for (let from = 0; from < rows; from += CHUNK) {
    const count = Math.min(CHUNK, rows - from);
    const first = data.baseRows + from;
    const fed: TensorMap = { [inputs[0]?.name ?? '']: { type: 'float32', dims: [count, ...data.shape], data: data.values.subarray(first * data.width, (first + count) * data.width) } };
    const known: TensorMap = { ...fed, ...(await base.run(fed)) };
    const feeds = Object.fromEntries(Object.entries(graph.feeds).map(([name, from]) => [name, known[from]] as const)) as TensorMap;
    const made = await features.run(feeds);
    window.features.set(made[FEATURE_OUTPUTS.features]?.data as Float32Array, from * layout.width);
    window.coldStartProbabilities.set(made[FEATURE_OUTPUTS.coldStart]?.data as Float32Array, from);
    window.classes.set(Int32Array.from(made[FEATURE_OUTPUTS.classes]?.data as BigInt64Array, Number), from);
  }
  await Promise.all([base.release(), features.release()]);
  window.failures.set(window.classes.map((predicted, row) => (predicted === window.truths[row] ? 0 : 1)));
  return window;
}

function pick(window: TrainingWindow, rows: Int32Array): TrainingWindow {
  const { width } = window;
  const features = new Float32Array(rows.length * width);
  rows.forEach((row, i) => features.set(window.features.subarray(row * width, (row + 1) * width), i * width));
  const doubles = (of: Float64Array) => Float64Array.from(rows, (row) => of[row] ?? NaN);
  return {
    rows: rows.length, inputWidth: window.inputWidth, width, features,
    failures: Uint8Array.from(rows, (row) => window.failures[row] ?? 0),
    classes: Int32Array.from(rows, (row) => window.classes[row] ?? -1),
    truths: Int32Array.from(rows, (row) => window.truths[row] ?? -1),
    coldStartProbabilities: doubles(window.coldStartProbabilities),
    failureProbabilities: doubles(window.failureProbabilities),
    createdAt: doubles(window.createdAt),
    weights: null,
  };
}

/** Trains a meta-model on `labels` rows drawn at random, and scores the others with it. */
export async function trainOn(window: TrainingWindow, classes: number, labels: number, seed: number): Promise<Trained> {
  const order = Int32Array.from({ length: window.rows }, (_, row) => row);
  createRandom(seed, 21).shuffle(order);
  const own = pick(window, order.subarray(0, labels).toSorted());
  const others = pick(window, order.subarray(labels).toSorted());
  const fitted = await fitMetaModel(own, { behaviour: behaviourLayout(classes), seed, maxStoredRows: MAX_STORED_ROWS, unlabelled: null });
  return { outOfFold: { scores: fitted.outOfFold, failures: own.failures }, later: { scores: await scoreWindow(fitted.onnx, others), failures: others.failures } };
}
