import type { Test } from 'tap';
import { predictionIdFactory } from '../../src/core/ids.js';
import { createMetrics } from '../../src/core/metrics.js';
import type { EnginePool } from '../../src/engine/engine.js';
import { createThreadPool } from '../../src/engine/pool.js';
import type { TensorInfo, TensorMap } from '../../src/engine/tensor.js';
import type { DecodedRequest, LiveMetaModel, LoadedModel, ModelConfig, PredictReply, PredictRequest } from '../../src/inference/contracts.js';
import { DecisionThresholds } from '../../src/inference/decision-thresholds.js';
import { flatPictures } from '../../src/inference/pictures.js';
import { createPredict } from '../../src/inference/predict.js';
import type { PredictPorts } from '../../src/inference/predict.js';
import { isRowWise } from '../../src/inference/row-shape.js';
import type { RowMode } from '../../src/inference/row-shape.js';
import type { PredictionBatch } from '../../src/ledger/ledger.js';
import { behaviourLayout } from '../../src/meta/features/behaviour-layout.js';
import { buildFeatureGraph } from '../../src/meta/features/graph.js';
import { planFeatures } from '../../src/meta/features/plan.js';
import { createStatistics } from '../../src/inference/statistics.js';
import { recordingLogger } from './recording-logger.js';
import { ManualClock } from './manual-clock.js';
import { MODEL_CONFIG } from './model-config.js';

const THREAD_URL = new URL('../../src/entries/engine-thread.js', import.meta.url);
const CPU = { executionProviders: ['cpu'], intraOpThreads: 1 } as const;

const CONFIG: ModelConfig = { ...MODEL_CONFIG, task: 'classification', output: 'probabilities', scores: 'probabilities' };

export interface ModelOptions {
  readonly config?: Partial<ModelConfig>;
  /** Default: `batched`. */
  readonly rowMode?: RowMode;
  readonly instances?: number;
}

/** A loaded model whose meta-model a test can set. */
export type TestModel = LoadedModel & { meta: LiveMetaModel | null };

/** Loads a base model and its feature graph into real engine threads, which end with the test. */
export async function loadModel(t: Test, onnx: Uint8Array, options: ModelOptions = {}): Promise<TestModel> {
  const config = { ...CONFIG, ...options.config };
  const rowMode = options.rowMode ?? 'batched';
  const batched = rowMode === 'batched' || rowMode === 'request';
  const pool: EnginePool = createThreadPool({ threadUrl: THREAD_URL })({ name: 'm', instances: options.instances ?? 1 });
  t.teardown(() => pool.close());
  const base = await pool.load('base', { bytes: onnx }, CPU);
  const { signature } = base;
  const output = signature.outputs.find(({ name }) => name === config.output);
  const source = config.scores === null || output === undefined ? null : { output: inRows(output), kind: config.scores };
  const outputs = source === null && output !== undefined ? [output] : [];
  const behaviour = behaviourLayout(source === null ? null : (source.output.dims[1] ?? 2));
  const pictures = flatPictures({ signature, rowMode, config });
  const layout = planFeatures({ inputs: signature.inputs.filter((input) => isRowWise(input, rowMode)), outputs, batched, source, behaviour, maxWidth: config.features.max_width, pictures, series: config.features.series, texts: new Set(), tokens: new Map() });
  const { onnx: graph, feeds, hashes } = buildFeatureGraph(layout, source, batched);
  await pool.load('features', { bytes: graph }, CPU);
  const key = { model: 'm', version: 1, digest: 'd' };
  const features = { layout, featureGraph: { feeds, hashes }, session: 'features', augmentation: null };
  return { key, tag: 'ABCDEF', config, signature, rowMode, features, behaviourOnly: null, pool, base: { ...base, session: 'base' }, assumptions: [], meta: null };
}

/** [1, N] as [N]. */
function inRows(output: TensorInfo): TensorInfo {
  const [first, second] = output.dims;
  return output.dims.length === 2 && first === 1 && second === null ? { ...output, dims: [null] } : output;
}

/** Puts a meta-model in place. */
export async function setMeta(model: TestModel, version: number, onnx: Uint8Array): Promise<void> {
  const session = `meta-${version}`;
  await model.pool.load(session, { bytes: onnx }, CPU);
  model.meta = { version, labelFree: false, session };
}

/** The predict use-case over one model, with what it gave to its ports. `ask` answers with the reply itself. */
export function predictBench(model: LoadedModel, ports: Partial<PredictPorts> = {}) {
  const logged: PredictionBatch[] = [];
  const leases = { taken: 0, released: 0 };
  const metrics = createMetrics();
  const logger = recordingLogger();
  const clock = new ManualClock();
  const statistics = createStatistics({ loaded: () => model });
  const lease = () => {
    leases.taken++;
    return { model, release: () => void leases.released++ };
  };
  const predict = createPredict({
    catalogue: { lease },
    writer: { add: (batch) => logged.push(batch) > 0 },
    clock,
    metrics,
    statistics,
    logger,
    thresholds: new DecisionThresholds(),
    maxRows: 1_000_000,
    ids: predictionIdFactory(),
    ...ports,
  });
  const ask = (request: PredictRequest): Promise<PredictReply> => predict.predict(request, (reply) => reply);
  return { predict, ask, logged, leases, metrics, statistics, logger, clock };
}

/** What a codec would have read. */
export function decoded(inputs: TensorMap, rows: number, changes: Partial<DecodedRequest> = {}): DecodedRequest {
  return { inputs, outputs: {}, rows, inputText: (row) => JSON.stringify({ row }), callerIds: null, timeoutMilliseconds: null, ...changes };
}

export function request(inputs: TensorMap, rows: number, changes: Partial<DecodedRequest> = {}): PredictRequest {
  return { model: 'm', version: null, trace: null, read: () => decoded(inputs, rows, changes), gone: null };
}

/** Rows of `x` float32 [N, 3]. */
export function floatRows(...rows: readonly (readonly [number, number, number])[]): PredictRequest {
  return request({ x: { type: 'float32', dims: [rows.length, 3], data: Float32Array.from(rows.flat()) } }, rows.length);
}

/** `x` int64 [N]. */
export function indexColumn(...rows: readonly number[]): TensorMap {
  return { x: { type: 'int64', dims: [rows.length], data: BigInt64Array.from(rows, BigInt) } };
}

/** Rows of `x` int64 [N]. */
export function indexRows(...rows: readonly number[]): PredictRequest {
  return request(indexColumn(...rows), rows.length);
}
