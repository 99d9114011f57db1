import { createRandom } from '../../../../src/meta/training/random.js';
import type { BaseModel, BaseTraining } from '../base-model.js';
import { binRows } from './binning.js';
import { exportForest } from './export-forest.js';
import { TreeGrower } from './grow-tree.js';

const TREES = 100;
const FIRST_STREAM = 0xf000;

/**
 * A random forest of fully grown trees; its probabilities are the mean of the leaves' shares. Another kind of behaviour than
 * a net's: coarse, under-confident, and seldom tied to the distance from a plane.
 */
export async function trainForest({ rows: { rows, values, truths }, shape, classes, seed }: BaseTraining): Promise<BaseModel> {
  const data = binRows(values, rows);
  const grower = new TreeGrower(data, truths, classes);
  const trees = Array.from({ length: TREES }, (_, tree) => grower.grow(createRandom(seed, FIRST_STREAM + tree)));
  return { onnx: exportForest(trees, { inputShape: shape, width: data.width, classes }), kind: 'probabilities' };
}
