import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { trainClassifier } from '../src/meta/training/classifier-trainer.js';
import type { Dataset } from './datasets.js';

/** First ground truths that start a training, and by how much the labels must have grown for the next. */
const NEW_GROUND_TRUTHS = 300;
const GROWTH = 1;

/** Trains the base model (one hidden layer of 64) on the first rows. */
export function trainBaseModel(data: Dataset, seed: number, onProgress: (done: number, total: number) => void): Promise<Uint8Array> {
  const rows = data.baseRows;
  return trainClassifier(
    {
      inputs: data.values.subarray(0, rows * data.width),
      targets: data.classes.subarray(0, rows),
      rows,
      width: data.width,
      classes: data.labels.length,
      inputShape: data.shape,
      scaling: data.shape.length > 1 ? 'image' : 'features',
      hidden: 64,
      batchSize: 64,
      epochs: 40,
      learningRate: 1e-3,
      weightDecay: 0.01,
      output: 'probabilities',
      seed,
    },
    { onProgress },
  );
}

/**
 * Trains the base model and writes it as version 1 of a model repository.
 * @returns the folder of the repository
 */
export async function writeBaseModel(folder: string, data: Dataset, seed: number, onProgress: (done: number, total: number) => void): Promise<string> {
  const bytes = await trainBaseModel(data, seed, onProgress);
  const repository = join(folder, 'models');
  mkdirSync(join(repository, data.name, '1'), { recursive: true });
  writeFileSync(join(repository, data.name, '1', 'model.onnx'), bytes);
  // Pictures are larger than what is kept of a row by itself; the review queue shows them.
  const features = { store_inputs: data.shape.length > 1 ? 'all' : 'auto' };
  const config = { task: 'classification', labels: data.labels, features, retraining: { new_ground_truths: NEW_GROUND_TRUTHS, growth: GROWTH } };
  writeFileSync(join(repository, data.name, 'metaerr.yaml'), stringify(config));
  return repository;
}
