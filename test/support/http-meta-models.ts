import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { META_GRAPH } from '../../src/meta/features/layout.js';
import type { TestApp } from './http-app.js';

/** A meta-model graph that answers the same failure probability for every row of `width` features. */
export function constantMetaModel(width: number, probability: number): Uint8Array {
  const graph = createGraphBuilder();
  const features = graph.input(META_GRAPH.input, 'float32', ['rows', width]);
  const zero = graph.node('Mul', [graph.node('ReduceMean', [features], { axes: [1], keepdims: 0 }), graph.scalar('float32', 0)]);
  graph.output(META_GRAPH.output, graph.node('Add', [zero, graph.scalar('float32', probability)]), 'float32', ['rows']);
  return graph.toModel();
}

/** Stores a candidate that fits the loaded model; returns its version. */
export async function addMetaModel(app: TestApp, model: string, probability = 0.25): Promise<number> {
  const { key, layout } = app.system.catalogue.loaded(model);
  return app.system.registry.add({
    key,
    createdAt: Date.now(),
    reason: 'made by a test',
    metrics: null,
    training: { rows: 1, failures: 0, from: 0, to: 0, seed: 1 },
    featureSchema: layout.schema,
    onnx: constantMetaModel(layout.width, probability),
  });
}
