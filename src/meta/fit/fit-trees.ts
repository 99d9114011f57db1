import { fitNearest, type LinearExpertData } from '../experts/linear-experts.js';
import { BASE_ALONE, type PoolWeights } from '../linear/multinomial-pool.js';
import type { CrossFit } from '../linear/out-of-fold.js';
import type { BoostHooks } from '../trees/boost-classes.js';
import type { ClassTrees } from '../trees/class-trees.js';
import { boostNewest } from './boost-newest.js';
import { kernelDataOf } from './kernel-data.js';
import { poolOpinion } from './pool-opinion.js';
import type { Prepared, RecipeTask } from './recipe-task.js';

/** Boosted trees on the classes, pooled with the base model, and the weights of the pool beside the anchor. */
export interface TreesExpert {
  readonly trees: ClassTrees;
  readonly pool: PoolWeights;
  readonly linear: CrossFit;
}

/** A tree a class in each round: with more classes a fit takes too long, and each has too few labels. */
const MOST_CLASSES = 20;
/** Newest rows that trees are grown on: six fits are held in memory side by side. */
const MOST_ROWS = 30_000;

/**
 * The expert of tables whose columns are unlike: numbers of long tails, indicators of categories (decision 28). Null for other inputs, and where true
 * classes, a score of each or input features are missing.
 */
export async function fitTrees(task: RecipeTask, prepared: Prepared, linear: LinearExpertData, hooks: BoostHooks): Promise<TreesExpert | null> {
  const data = prepared.isUneven ? kernelDataOf(task, prepared) : null;
  if (data === null || data.classes > MOST_CLASSES) return null;
  const { classes, labels, predicted } = data;
  const { rows, width, inputWidth, features, failures, weights } = task.window;
  const points = { rows, width: inputWidth, stride: width, data: features };
  const { trees, heldOut } = await boostNewest({ points, classes, labels, predicted, failures, weights }, task.divisions[0]!, MOST_ROWS, hooks);
  const { pool, scores } = poolOpinion(data, heldOut, BASE_ALONE);
  return { trees, pool, linear: fitNearest({ ...linear, score: { width: 1, data: scores }, scoreIsLogit: true }, task.divisions) };
}
