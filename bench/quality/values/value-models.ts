import { createDirectSession } from '../../../src/engine/direct-session.js';
import { createGraphBuilder } from '../../../src/engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../../src/engine/onnx/graph-builder.types.js';
import { emitScaling, fitScaling, type Scaling } from '../../../src/meta/training/classifier-scaling.js';
import { createRandom } from '../../../src/meta/training/random.js';
import { fitRidge } from './ridge.js';

/** `linear`: ridge regression; `features`: the same on random ReLU features (Rahimi and Recht, NIPS 2007), a net whose first layer is not trained. */
export type ValueFamily = 'linear' | 'features';

export interface ValueTraining {
  /** rows x width, row-major. */
  readonly values: Float32Array;
  readonly width: number;
  /** Above 0: their logarithms are fitted. */
  readonly targets: Float64Array;
  readonly seed: number;
}

const HIDDEN = 100;
const PENALTY = { linear: 1, features: 3 } as const;
const STREAM = 0x7a1;

interface Layer {
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

function randomLayer(width: number, seed: number): Layer {
  const random = createRandom(seed, STREAM);
  const draw = (length: number, deviation: number): Float32Array => Float32Array.from({ length }, () => deviation * random.normal());
  return { weights: draw(width * HIDDEN, 1 / Math.sqrt(width)), biases: draw(HIDDEN, 1) };
}

/** What the last layer reads. */
function emitHidden(graph: GraphBuilder, input: Value, width: number, scaling: Scaling | null, layer: Layer | null): Value {
  const scaled = emitScaling(graph, input, scaling);
  if (layer === null) return scaled;
  const products = graph.node('MatMul', [scaled, graph.constant({ type: 'float32', dims: [width, HIDDEN], data: layer.weights }, 'weights')]);
  const hidden = graph.node('Relu', [graph.node('Add', [products, graph.floats(layer.biases)])]);
  // The scaled inputs pass by, so that the random features need only bend the plane.
  return graph.node('Concat', [scaled, hidden], { axis: 1 });
}

async function hiddenOf(values: Float32Array, width: number, scaling: Scaling | null, layer: Layer | null): Promise<Float32Array> {
  const graph = createGraphBuilder();
  graph.output('hidden', emitHidden(graph, graph.input('input', 'float32', ['batch', width]), width, scaling, layer), 'float32', ['batch', null]);
  const session = await createDirectSession({ bytes: graph.toModel() }, { executionProviders: ['cpu'], intraOpThreads: 1 });
  try {
    const { hidden } = await session.run({ input: { type: 'float32', dims: [values.length / width, width], data: values } });
    if (hidden?.type !== 'float32') throw new Error('the hidden layer gave no output');
    return hidden.data;
  } finally {
    await session.release();
  }
}

/** A regression model as ONNX: `input` float32 (batch, width) to `value` float32 (batch, 1), the exponential of what was fitted to the logarithms. */
export async function trainValueModel(family: ValueFamily, { values, width, targets, seed }: ValueTraining): Promise<Uint8Array> {
  const scaling = fitScaling('features', values, width);
  const layer = family === 'linear' ? null : randomLayer(width, seed);
  const hidden = await hiddenOf(values, width, scaling, layer);
  const hiddenWidth = hidden.length / targets.length;
  const weights = fitRidge(hidden, hiddenWidth, targets.map(Math.log), PENALTY[family]);
  const graph = createGraphBuilder();
  const last = emitHidden(graph, graph.input('input', 'float32', ['batch', width]), width, scaling, layer);
  const data = Float32Array.from(weights.subarray(0, hiddenWidth));
  const sum = graph.node('MatMul', [last, graph.constant({ type: 'float32', dims: [hiddenWidth, 1], data }, 'last')]);
  const fitted = graph.node('Add', [sum, graph.floats(Float32Array.of(weights[hiddenWidth] ?? 0))]);
  graph.output('value', graph.node('Exp', [fitted]), 'float32', ['batch', 1]);
  return graph.toModel();
}
