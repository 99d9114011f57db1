import type { TestApp } from './http-app.js';
import { constantMetaModel } from './repository-models.js';

/** Stores a candidate that fits the loaded model; returns its version. */
export async function addMetaModel(app: TestApp, model: string, probability = 0.25): Promise<number> {
  const { key, features } = app.system.catalogue.loaded(model);
  return app.system.registry.add({
    key,
    createdAt: Date.now(),
    reason: 'made by a test',
    metrics: null,
    training: { rows: 1, failures: 0, from: 0, to: 0, seed: 1 },
    featureSchema: features.layout.schema,
    onnx: constantMetaModel(features.layout.width, probability),
  });
}
