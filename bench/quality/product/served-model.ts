import { createDirectSession } from '../../../src/engine/direct-session.js';
import type { DirectSession } from '../../../src/engine/engine.js';
import type { Tensor, TensorMap } from '../../../src/engine/tensor.js';
import { behaviourLayout } from '../../../src/meta/features/behaviour-layout.js';
import { guessedPictures } from '../../../src/meta/features/flat-picture.js';
import { buildFeatureGraph } from '../../../src/meta/features/graph.js';
import { FEATURE_OUTPUTS } from '../../../src/meta/features/layout.js';
import type { BehaviourLayout, FeatureLayout } from '../../../src/meta/features/layout.js';
import { planFeatures } from '../../../src/meta/features/plan.js';
import type { BaseModel } from '../bases/base-model.js';
import { emptyLog } from './logged-rows.js';
import type { LoggedRows } from './logged-rows.js';

/** Numbers of the input features a row, the service's own default. */
const MAX_WIDTH = 256;
const CHUNK = 500;
const OPTIONS = { executionProviders: ['cpu'], intraOpThreads: 1 } as const;

/** A base model with the product's feature graph behind it. */
export interface ServedModel {
  readonly behaviour: BehaviourLayout;
  /** Runs rows (rows x width, row-major) as the service would. */
  log(values: Float32Array, rows: number): Promise<LoggedRows>;
  release(): Promise<void>;
}

function wanted<T extends Tensor['type']>(tensors: TensorMap, name: string, type: T): Extract<Tensor, { type: T }> {
  const tensor = tensors[name];
  if (tensor?.type !== type) throw new Error(`expected a ${type} tensor '${name}', got ${tensor?.type ?? 'none'}`);
  return tensor as Extract<Tensor, { type: T }>;
}

/** The parts of a served model. */
interface Parts {
  readonly base: DirectSession;
  readonly features: DirectSession;
  /** Of the feature graph's inputs from the base model's inputs and outputs. */
  readonly feeds: Readonly<Record<string, string>>;
  readonly layout: FeatureLayout;
  readonly kind: BaseModel['kind'];
  /** Shape of one row. */
  readonly shape: readonly number[];
  readonly classes: number;
}

class DirectModel implements ServedModel {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get behaviour(): BehaviourLayout {
    return this.#parts.layout.behaviour;
  }

  async log(values: Float32Array, rows: number): Promise<LoggedRows> {
    const { layout, classes, kind } = this.#parts;
    const { width, inputWidth } = layout;
    const logged = emptyLog({ rows, width, inputWidth, classes, kind });
    for (let start = 0; start < rows; start += CHUNK) await this.#logChunk(values, start, Math.min(rows, start + CHUNK), logged);
    return logged;
  }

  async #logChunk(values: Float32Array, start: number, end: number, logged: LoggedRows): Promise<void> {
    const { base, features: graph, feeds, kind, shape } = this.#parts;
    const rowWidth = shape.reduce((product, size) => product * size, 1);
    const data = values.slice(start * rowWidth, end * rowWidth);
    const input: Tensor = { type: 'float32', dims: [end - start, ...shape], data };
    const outputs = await base.run({ input });
    const pool: TensorMap = { ...outputs, input };
    const features = await graph.run(Object.fromEntries(Object.entries(feeds).map(([name, source]) => [name, pool[source] ?? input])));
    logged.features.set(wanted(features, FEATURE_OUTPUTS.features, 'float32').data, start * logged.width);
    logged.predicted.set(Int32Array.from(wanted(features, FEATURE_OUTPUTS.classes, 'int64').data, Number), start);
    logged.coldStart.set(wanted(features, FEATURE_OUTPUTS.coldStart, 'float32').data, start);
    logged.scores.set(wanted(outputs, kind, 'float32').data, start * logged.classes);
  }

  async release(): Promise<void> {
    await this.#parts.base.release();
    await this.#parts.features.release();
  }
}

/** Opens a base model and plans, writes and opens its feature graph, by the product's own functions. */
export async function serveModel(model: BaseModel, shape: readonly number[], classes: number): Promise<ServedModel> {
  const base = await createDirectSession({ bytes: model.onnx }, OPTIONS);
  const output = base.signature.outputs.find(({ name }) => name === model.kind);
  if (output === undefined) throw new Error(`the base model has no output '${model.kind}'`);
  const source = { output, kind: model.kind };
  const { inputs } = base.signature;
  const pictures = guessedPictures(inputs, true);
  const layout = planFeatures({ inputs, outputs: [], batched: true, source, behaviour: behaviourLayout(classes), maxWidth: MAX_WIDTH, pictures });
  const { onnx, feeds } = buildFeatureGraph(layout, source, true);
  const features = await createDirectSession({ bytes: onnx }, OPTIONS);
  return new DirectModel({ base, features, feeds, layout, kind: model.kind, shape, classes });
}
