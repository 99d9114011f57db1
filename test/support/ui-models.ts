import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { linearWeights, linearClassifier } from './http-models.js';
import type { ModelFiles } from './http-app.js';

export const SIDE = 8;
export const CLASSES = ['cat', 'dog', 'fox', 'owl', 'hare'];
/** Text that would do something if it were taken for HTML. */
export const EVIL = '<img src=x onerror="document.title=1">';

/** Pictures float32 [batch, 1, 8, 8] -> probabilities of five classes. */
function pictureClassifier(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('pixels', 'float32', ['batch', 1, SIDE, SIDE]);
  const flat = graph.node('Reshape', [x, graph.ints([-1, SIDE * SIDE])]);
  const weights = graph.constant({ type: 'float32', dims: [SIDE * SIDE, CLASSES.length], data: linearWeights(SIDE * SIDE, CLASSES.length, 3) });
  graph.output('probabilities', graph.node('Softmax', [graph.node('MatMul', [flat, weights])], { axis: 1 }), 'float32', ['batch', CLASSES.length]);
  return graph.toModel();
}

/** X float32 [batch, 4] -> y float32 [batch, 1]. */
function regressor(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('X', 'float32', ['batch', 4]);
  const weights = graph.constant({ type: 'float32', dims: [4, 1], data: linearWeights(4, 1, 5) });
  graph.output('y', graph.node('MatMul', [x, weights]), 'float32', ['batch', 1]);
  return graph.toModel();
}

const BY_HAND = 'retraining: { automatic: false }\n';

/** A model of each kind that the page shows in its own way. */
export const UI_MODELS: Readonly<Record<string, ModelFiles>> = {
  animals: { onnx: pictureClassifier(), yaml: `labels: [${CLASSES.join(', ')}]\nfeatures: { store_inputs: all }\n${BY_HAND}` },
  table: { onnx: linearClassifier(4, 3), yaml: `labels: [small, '${EVIL}', large]\n${BY_HAND}` },
  price: { onnx: regressor(), yaml: `task: regression\ntolerance: { absolute: 0.5 }\n${BY_HAND}` },
  quiet: { onnx: linearClassifier(4, 3), yaml: BY_HAND },
  broken: { onnx: new Uint8Array([1, 2, 3]) },
};
