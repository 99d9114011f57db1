import type { Test } from 'tap';
import { predictionIdFactory } from '../../src/core/ids.js';
import { createMetrics } from '../../src/core/metrics.js';
import type { EnginePool } from '../../src/engine/engine.js';
import { createThreadPool } from '../../src/engine/pool.js';
import type { TensorMap } from '../../src/engine/tensor.js';
import type { LiveMetaModel, LoadedModel, ModelConfig, PredictRequest } from '../../src/inference/contracts.js';
import { createPredict } from '../../src/inference/predict.js';
import type { PredictPorts } from '../../src/inference/predict.js';
import type { PredictionBatch } from '../../src/ledger/ledger.js';
import { behaviourLayout } from '../../src/meta/features/behaviour-layout.js';
import { buildFeatureGraph } from '../../src/meta/features/graph.js';
import { planFeatures } from '../../src/meta/features/plan.js';
import { recordingLogger } from './recording-logger.js';
import { ManualClock } from './manual-clock.js';

const THREAD_URL = new URL('../../src/entries/engine-thread.js', import.meta.url);
const CPU = { executionProviders: ['cpu'], intraOpThreads: 1 } as const;

const CONFIG: ModelConfig = {
  task: 'classification',
  output: 'probabilities',
  scores: 'probabilities',
  labelOutput: null,
  labels: null,
  tolerance: null,
  features: { max_width: 64, store_inputs: 'auto' },
  batching: { max_rows: 16, max_delay_microseconds: 0, max_queue_rows: 1024, timeout_milliseconds: 10_000 },
  instances: 1,
  intra_op_threads: 1,
  execution_providers: ['cpu'],
  review_threshold: 0.5,
  retraining: { automatic: false, new_ground_truths: 100, growth: 0.1, max_rows: 1000, max_stored_rows: 1000, timeout_seconds: 60, seed: 1 },
  retention: { days: 1, max_rows: 1000, inputs_days: 1, pending_days: 1 },
};

export interface ModelOptions {
  readonly config?: Partial<ModelConfig>;
  readonly batched?: boolean;
  readonly instances?: number;
}

/** A loaded model whose meta-model a test can set. */
export type TestModel = LoadedModel & { meta: LiveMetaModel | null };

/** Loads a base model and its feature graph into real engine threads, which end with the test. */
export async function loadModel(t: Test, onnx: Uint8Array, options: ModelOptions = {}): Promise<TestModel> {
  const config = { ...CONFIG, ...options.config };
  const batched = options.batched ?? true;
  const pool: EnginePool = createThreadPool({ threadUrl: THREAD_URL })({ name: 'm', instances: options.instances ?? 1 });
  t.teardown(() => pool.close());
  const base = await pool.load('base', { bytes: onnx }, CPU);
  const { signature } = base;
  const output = signature.outputs.find(({ name }) => name === config.output);
  const source = config.scores === null || output === undefined ? null : { output, kind: config.scores };
  const outputs = source === null && output !== undefined ? [output] : [];
  const behaviour = behaviourLayout(source === null ? null : (output?.dims[1] ?? 2));
  const layout = planFeatures({ inputs: signature.inputs, outputs, batched, source, behaviour, maxWidth: config.features.max_width });
  const { onnx: features, feeds, hashes } = buildFeatureGraph(layout, source, batched);
  await pool.load('features', { bytes: features }, CPU);
  const key = { model: 'm', version: 1, digest: 'd' };
  const sessions = { base: 'base', features: 'features' };
  return { key, tag: 'ABCDEF', config, signature, batched, layout, featureGraph: { feeds, hashes }, pool, base, sessions, assumptions: [], meta: null };
}

/** Puts a meta-model in place. */
export async function setMeta(model: TestModel, version: number, onnx: Uint8Array): Promise<void> {
  const session = `meta-${version}`;
  await model.pool.load(session, { bytes: onnx }, CPU);
  model.meta = { version, session };
}

/** The predict use-case over one model, with what it gave to its ports. */
export function predictBench(model: LoadedModel, ports: Partial<PredictPorts> = {}) {
  const logged: PredictionBatch[] = [];
  const metrics = createMetrics();
  const logger = recordingLogger();
  const clock = new ManualClock();
  const predict = createPredict({
    catalogue: { loaded: () => model },
    writer: { add: (batch) => logged.push(batch) > 0 },
    clock,
    metrics,
    logger,
    ids: predictionIdFactory(),
    ...ports,
  });
  return { predict, logged, metrics, logger, clock };
}

export function request(inputs: TensorMap, rows: number): PredictRequest {
  return { model: 'm', version: null, inputs, rows, inputText: (row) => JSON.stringify({ row }) };
}

/** Rows of `x` float32 [N, 3]. */
export function floatRows(...rows: readonly (readonly [number, number, number])[]): PredictRequest {
  return request({ x: { type: 'float32', dims: [rows.length, 3], data: Float32Array.from(rows.flat()) } }, rows.length);
}

/** Rows of `x` int64 [N]. */
export function indexRows(...rows: readonly number[]): PredictRequest {
  return request({ x: { type: 'int64', dims: [rows.length], data: BigInt64Array.from(rows, BigInt) } }, rows.length);
}
