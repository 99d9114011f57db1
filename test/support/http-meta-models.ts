import type { MetaModelTraining } from '../../src/meta/registry.js';
import type { TestApp } from './http-app.js';
import { constantMetaModel } from './repository-models.js';

const TRAINING: MetaModelTraining = { rows: 1, failures: 0, from: 0, to: 0, seed: 1 };

/** Stores a candidate that fits the loaded model; returns its version. */
export async function addMetaModel(app: TestApp, model: string, probability = 0.25, training = TRAINING): Promise<number> {
  const { key, features } = app.system.catalogue.loaded(model);
  return app.system.registry.add({
    key,
    createdAt: Date.now(),
    reason: 'made by a test',
    metrics: null,
    training,
    featureSchema: features.layout.schema,
    onnx: constantMetaModel(features.layout.width, probability),
  });
}
